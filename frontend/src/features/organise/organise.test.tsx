import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import en from '@/locales/en/common.json'
import { renderApp } from '@/testing/render'
import { answer, event, HttpResponse, place, problem } from '@/testing/server'

const raw = /the raw words of the server/

const tagged = (document: object) => HttpResponse.json(document, { headers: { ETag: '"1"' } })

beforeEach(() => {
  answer('get', '/users/me', () =>
    HttpResponse.json({
      ID: 'd'.repeat(24),
      Guest: false,
      email: 'o@example.com',
      name: 'O',
      roles: ['organiser'],
    }),
  )
  answer('get', `/locations/${place.ID}`, () => tagged(place))
  answer('get', '/statistics', () => HttpResponse.json([]))
})

describe('saving', () => {
  async function saved(...answers: (() => Response)[]) {
    let tries = 0
    answer('put', `/locations/${place.ID}`, () => (answers[tries++] ?? answers.at(-1))?.() ?? problem(500))
    const view = renderApp(`/organise/locations/${place.ID}`)
    const name = await screen.findByLabelText('Name')
    await view.user.clear(name)
    await view.user.type(name, 'Old Dock{Enter}')
    return { ...view, name, tries: () => tries }
  }

  it.each([400, 401, 403, 404, 405, 409, 413, 415, 422, 429] as const)(
    'says in words what %d means, and keeps what is entered',
    async (status) => {
      const { name } = await saved(() => problem(status))
      const alert = await screen.findByRole('alert')
      expect(alert).toHaveTextContent('Nothing was changed')
      expect(alert).toHaveTextContent(en.error[status])
      expect(alert).toHaveFocus()
      expect(screen.queryByText(raw)).toBeNull()
      expect(name).toHaveValue('Old Dock')
      expect(name).toBeEnabled()
    },
  )

  it.each([500, 502, 503, 504] as const)(
    'tries again after %d, and says that nobody knows',
    async (status) => {
      const { name, tries, user } = await saved(
        () => problem(status),
        () => problem(status),
        () => problem(status),
        () => tagged({ ...place, Name: 'Old Dock', Version: 2 }),
      )
      const alert = await screen.findByRole('alert', {}, { timeout: 5000 })
      expect(alert).toHaveTextContent("We don't know yet whether this arrived")
      expect(alert).toHaveTextContent(en.error[status])
      expect(screen.queryByText(raw)).toBeNull()
      expect(name).toBeDisabled() // only the very same may be sent again
      await user.click(within(alert).getByRole('button', { name: 'Try again' }))
      expect(await screen.findByText('Saved')).toBeVisible()
      expect(tries()).toBe(4)
    },
  )
})

it('what an organiser cannot see at the moment can be tried again', async () => {
  answer('get', '/statistics', () => problem(503))
  const { user } = renderApp('/organise')
  const alert = await screen.findByRole('alert', {}, { timeout: 5000 })
  expect(alert).toHaveTextContent(en.error[503])
  answer('get', '/statistics', () => HttpResponse.json([]))
  await user.click(within(alert).getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('heading', { name: 'No events yet' })).toBeVisible()
})

describe('cancelling an event', () => {
  let events = 0

  /** Asks to cancel an event of its own: what was learnt of the seats of others is kept. */
  async function asked(booked: (EventID: string) => Response) {
    const ID = String(++events).padStart(24, '0')
    answer('get', `/events/${ID}`, () => tagged(event({ ID })))
    answer('get', `/events/${ID}/availability`, () => booked(ID))
    const view = renderApp(`/organise/events/${ID}`)
    await view.user.click(await screen.findByRole('button', { name: 'Cancel the event …' }))
    return { ...view, ID, dialog: await screen.findByRole('dialog', { name: 'Cancel “Tidewater”?' }) }
  }
  const sold = (Booked: number) => (EventID: string) =>
    HttpResponse.json({ EventID, Capacity: 420, Booked, Available: 420 - Booked, Sequence: 1 })

  it('says what becomes of the bookings, as far as it is known', async () => {
    const { dialog } = await asked(sold(3))
    await waitFor(() => expect(dialog).toHaveTextContent('3 seats are booked. The bookings stay'))
  })

  it('says where it is not known how many there are', async () => {
    const { dialog } = await asked(() => problem(500))
    expect(dialog).toHaveTextContent("How many seats are booked can't be found out at the moment.")
  })

  it('says where somebody else has changed the event, and cancels it when asked again', async () => {
    const { ID, dialog, user } = await asked(sold(0))
    const tags: (string | null)[] = []
    answer('delete', `/events/${ID}`, (request) => {
      tags.push(request.headers.get('If-Match'))
      return tags.at(-1) === '"1"' ? problem(412) : tagged(event({ ID, Cancelled: true, Version: 3 }))
    })
    answer('get', `/events/${ID}`, () =>
      HttpResponse.json(event({ ID, Version: 2 }), { headers: { ETag: '"2"' } }),
    )
    const confirm = within(dialog).getByRole('button', { name: 'Cancel it for good' })
    await user.click(confirm)
    expect(await within(dialog).findByText(/Somebody else has changed the event meanwhile/)).toBeVisible()
    await waitFor(async () => {
      if (tags.at(-1) === '"1"') await user.click(confirm)
      expect(tags.at(-1)).toBe('"2"')
    })
    expect(await screen.findByText('This event is cancelled')).toBeVisible()
  })
})
