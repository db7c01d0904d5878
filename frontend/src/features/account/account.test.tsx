import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { User } from '@/lib/api/session'
import { renderApp } from '@/testing/render'
import { answer, HttpResponse, problem } from '@/testing/server'

const ada: User = { ID: 'd'.repeat(24), Guest: false, email: 'ada@example.com', name: 'Ada', roles: [] }

const session = (user = ada) => HttpResponse.json({ token: 't', user }, { status: 201 })

/** Answers with the account, and notes what was asked for. */
function account(method: 'post' | 'put' | 'patch' | 'delete', path: string, ...answers: (() => Response)[]) {
  const asked: unknown[] = []
  answer(method, path, async (request) => {
    asked.push(await request.json())
    return (answers[asked.length - 1] ?? answers.at(-1))?.() ?? problem(500)
  })
  return asked
}

const signedIn = (user = ada) => answer('get', '/users/me', () => HttpResponse.json(user))

describe('signing in', () => {
  it('leads back to where the visitor came from', async () => {
    const asked = account('post', '/sessions', () => session())
    const { user, router } = renderApp('/sign-in?return=%2F%3Fq%3Djazz')
    await user.type(await screen.findByLabelText('Email address'), ' Ada@example.com ')
    await user.type(screen.getByLabelText('Password'), 'secret words{Enter}')
    await waitFor(() => expect(router.state.location).toMatchObject({ pathname: '/', search: '?q=jazz' }))
    expect(asked).toEqual([{ email: 'Ada@example.com', password: 'secret words' }])
    expect(await screen.findByRole('link', { name: 'Account' })).toBeVisible()
  })

  it.each(['https://evil.example/', '//evil.example/', '/\\evil.example/'])(
    'never leads to %s',
    async (address) => {
      account('post', '/sessions', () => session())
      answer('get', '/bookings', () => HttpResponse.json([]))
      const { user, router } = renderApp(`/sign-in?return=${encodeURIComponent(address)}`)
      await user.type(await screen.findByLabelText('Email address'), 'ada@example.com')
      await user.type(screen.getByLabelText('Password'), 'secret words{Enter}')
      await waitFor(() => expect(router.state.location.pathname).toBe('/bookings'))
    },
  )

  it.each([
    [401, 'The address and the password do not belong together.'],
    [429, 'That was a lot in a short time.'],
    [503, 'This cannot be done at the moment.'],
  ])('says in words what %d means, and keeps the address', async (status, words) => {
    account('post', '/sessions', () => problem(status))
    const { user } = renderApp('/sign-in')
    await user.type(await screen.findByLabelText('Email address'), 'ada@example.com')
    await user.type(screen.getByLabelText('Password'), 'wrong{Enter}')
    const alert = await screen.findByRole('alert')
    expect(alert).toHaveTextContent(words)
    expect(alert).toHaveFocus()
    expect(screen.getByLabelText('Email address')).toHaveValue('ada@example.com')
  })
})

describe('signing up', () => {
  it('says at each field what is not right, and goes to the first', async () => {
    const { user } = renderApp('/sign-up')
    await user.type(await screen.findByLabelText('Email address'), 'ada')
    await user.type(screen.getByLabelText('Password'), 'short{Enter}')
    expect(await screen.findByLabelText('Name')).toHaveFocus()
    expect(screen.getByLabelText('Name')).toHaveAccessibleDescription('Please fill this in.')
    expect(screen.getByLabelText('Email address')).toHaveAccessibleDescription(/like ada@example\.com/)
    expect(screen.getByLabelText('Password')).toHaveAccessibleDescription(/at least 8 characters/i)
  })

  it('says that the address is taken, and marks what the service refuses', async () => {
    const refused = problem(422, { errors: [{ field: 'password', message: 'is one of the most common' }] })
    account(
      'post',
      '/users',
      () => problem(409),
      () => refused,
    )
    const { user } = renderApp('/sign-up')
    await user.type(await screen.findByLabelText('Name'), 'Ada')
    await user.type(screen.getByLabelText('Email address'), 'ada@example.com')
    await user.type(screen.getByLabelText('Password'), 'password1{Enter}')
    expect(await screen.findByText(/There already is an account/)).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Create account' }))
    await waitFor(() => expect(screen.getByLabelText('Password')).toBeInvalid())
    expect(screen.queryByText(/most common/)).not.toBeInTheDocument()
  })
})

describe('the account', () => {
  it('is not for those who have none', async () => {
    renderApp('/account')
    expect(await screen.findByRole('heading', { name: 'You are not signed in' })).toBeVisible()
  })

  it('changes the password, and says so', async () => {
    signedIn()
    const asked = account(
      'put',
      '/users/me/password',
      () => problem(401),
      () => HttpResponse.json({ token: 't', user: ada }),
    )
    const { user } = renderApp('/account')
    const form = within(await screen.findByRole('form', { name: 'Change password' }))
    await user.type(form.getByLabelText('Present password'), 'old words')
    await user.type(form.getByLabelText('New password'), 'new words{Enter}')
    expect(await screen.findByText('The password is not right.')).toBeVisible()
    await user.click(form.getByRole('button', { name: 'Change password' }))
    expect(await screen.findByText('Your password is changed')).toBeVisible()
    expect(asked).toHaveLength(2) // no session was renewed for a wrong password
  })

  it('lets administrators, and nobody else, choose roles', async () => {
    signedIn()
    const first = renderApp('/account')
    await screen.findByRole('heading', { name: 'Change password' })
    expect(screen.queryByRole('heading', { name: 'Roles' })).not.toBeInTheDocument()
    first.unmount()
    signedIn({ ...ada, roles: ['admin'] })
    const eve: User = { ID: 'e'.repeat(24), Guest: false, email: 'eve@example.com', name: 'Eve', roles: [] }
    answer('get', '/users', () => HttpResponse.json([eve]))
    const asked = account('put', `/users/${eve.ID}/roles`, () =>
      HttpResponse.json({ ...eve, roles: ['organiser'] }),
    )
    const { user } = renderApp('/account')
    const find = within(await screen.findByRole('form', { name: 'Find' }))
    await user.type(find.getByLabelText('Email address'), 'eve@example.com{Enter}')
    await user.click(await screen.findByRole('checkbox', { name: /^Organise/ }))
    await user.click(screen.getByRole('button', { name: 'Save roles' }))
    expect(await screen.findByText(/Saved\. It takes effect/)).toBeVisible()
    expect(asked).toEqual([{ roles: ['organiser'] }])
  })

  it('is deleted after a last question', async () => {
    signedIn()
    const asked = account('delete', '/users/me', () => new HttpResponse(null, { status: 204 }))
    const { user, router } = renderApp('/account')
    await user.click(await screen.findByRole('button', { name: 'Delete account' }))
    const dialog = within(await screen.findByRole('dialog'))
    await user.type(dialog.getByLabelText('Password'), 'secret words')
    await user.click(dialog.getByRole('button', { name: 'Delete for good' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/'))
    expect(asked).toEqual([{ password: 'secret words' }])
  })
})

describe('the screens of organisers', () => {
  it('are for those who may organise', async () => {
    const first = renderApp('/organise')
    expect(await screen.findByText('Sign in to see these pages.')).toBeVisible()
    expect(screen.queryByRole('link', { name: 'Organise' })).not.toBeInTheDocument()
    first.unmount()
    signedIn()
    renderApp('/organise')
    expect(await screen.findByText(/An administrator can make you one/)).toBeVisible()
  })
})
