import { screen, waitFor } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { setOnline } from '@/testing/browser'
import { renderApp } from '@/testing/render'
import { answer, booking, event, HttpResponse, problem } from '@/testing/server'

const path = `/events/${event().ID}/book?seats=2`

/** Answers bookings one after the other, and keeps what was asked for; the last answer is given again and again. */
function bookings(...answers: (() => Response)[]) {
  const asked: { key: string | null; seats: number }[] = []
  answer('post', `/events/${event().ID}/bookings`, async (request) => {
    const { seats } = (await request.json()) as { seats: number }
    asked.push({ key: request.headers.get('Idempotency-Key'), seats })
    return (answers[asked.length - 1] ?? answers.at(-1))?.() ?? problem(500)
  })
  return asked
}

const booked = () => HttpResponse.json(booking(), { status: 201 })
const lost = () => HttpResponse.error()

describe('booking', () => {
  it('leads to the ticket', async () => {
    const asked = bookings(booked)
    const { user, router } = renderApp(path)
    await user.click(await screen.findByRole('button', { name: 'Book 2 seats now' }))
    expect(await screen.findByRole('heading', { name: 'Thank you, your seats are booked' })).toHaveFocus()
    expect(router.state.location.pathname).toBe(`/bookings/${booking().ID}`)
    expect(asked).toEqual([{ key: expect.stringMatching(/^[0-9a-f]{32}$/), seats: 2 }])
  })

  it('books once, however it is asked for', async () => {
    const asked = bookings(booked)
    const { user } = renderApp(path)
    const button = await screen.findByRole('button', { name: 'Book 2 seats now' })
    await user.dblClick(button)
    await user.keyboard('{Enter}')
    await screen.findByRole('heading', { name: /Thank you/ })
    expect(asked).toHaveLength(1)
  })

  it('repeats what was not answered under the same key', async () => {
    const asked = bookings(lost, () => problem(503), booked)
    const { user } = renderApp(path)
    await user.click(await screen.findByRole('button', { name: 'Book 2 seats now' }))
    await screen.findByRole('heading', { name: /Thank you/ }, { timeout: 5000 })
    expect(asked).toHaveLength(3)
    expect(new Set(asked.map((a) => a.key)).size).toBe(1)
  })

  it('keeps to the same request until it is answered, also after a reload', async () => {
    const asked = bookings(lost)
    const { user, unmount } = renderApp(path)
    await user.click(await screen.findByRole('button', { name: 'Book 2 seats now' }))
    const alert = await screen.findByRole('alert', {}, { timeout: 5000 })
    expect(alert).toHaveTextContent('We do not know yet whether the booking arrived')
    expect(alert).toHaveFocus()
    expect(screen.getByLabelText('Seats')).toBeDisabled()
    unmount()
    const again = bookings(booked)
    const { user: later } = renderApp(`/events/${event().ID}/book?seats=5`)
    await later.click(await screen.findByRole('button', { name: 'Try again' }))
    await screen.findByRole('heading', { name: /Thank you/ })
    expect(again[0]).toEqual(asked[0])
  })

  it('says how many are left, keeps the input, and takes a new key after a definite answer', async () => {
    const asked = bookings(() => problem(409, { available: 1 }), booked)
    const { user } = renderApp(path)
    await user.click(await screen.findByRole('button', { name: 'Book 2 seats now' }))
    const alert = await screen.findByRole('alert')
    expect(alert).toHaveTextContent('Only one seat is left now')
    expect(alert).toHaveFocus()
    expect(screen.getByLabelText('Seats')).toHaveValue(2)
    await user.click(screen.getByRole('button', { name: 'Take the last seat' }))
    await screen.findByRole('heading', { name: /Thank you/ })
    expect(asked.map((a) => a.seats)).toEqual([2, 1])
    expect(asked[0]?.key).not.toBe(asked[1]?.key)
  })

  it.each([
    [404, 'This is not there, or not any more.'],
    [409, 'This does not fit what has happened in the meantime.'],
    [422, 'Some of the entries are not right.'],
  ])('says in words that it was refused with %d', async (status, words) => {
    bookings(() => problem(status))
    const { user } = renderApp(path)
    await user.click(await screen.findByRole('button', { name: 'Book 2 seats now' }))
    expect(await screen.findByRole('alert')).toHaveTextContent(words)
    expect(screen.queryByText(/raw words/)).not.toBeInTheDocument()
  })

  it('refuses a number that cannot be, at the field', async () => {
    const asked = bookings(booked)
    const { user } = renderApp(path)
    const field = await screen.findByLabelText('Seats')
    await user.clear(field)
    await user.type(field, '21{Enter}')
    expect(field).toHaveFocus()
    expect(field).toHaveAccessibleDescription('Please enter a whole number from 1 to 20.')
    expect(field).toBeInvalid()
    expect(asked).toHaveLength(0)
  })

  it('keeps the choice where the session has ended, and goes on as a guest', async () => {
    const asked = bookings(() => problem(401), booked)
    answer('delete', '/sessions', () => new HttpResponse(null, { status: 204 }))
    const { user } = renderApp(path)
    await user.click(await screen.findByRole('button', { name: 'Book 2 seats now' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('Your session has ended')
    await user.click(screen.getByRole('button', { name: 'Go on as a guest' }))
    await screen.findByRole('heading', { name: /Thank you/ })
    expect(asked.map((a) => a.seats)).toEqual([2, 2])
  })

  it('renews a session that has run out, and sends the same request again', async () => {
    const asked = bookings(() => problem(401), booked)
    answer('post', '/sessions/refresh', () =>
      HttpResponse.json({ token: 't', user: { ID: 'd'.repeat(24), Guest: true } }),
    )
    const { user } = renderApp(path)
    await user.click(await screen.findByRole('button', { name: 'Book 2 seats now' }))
    await screen.findByRole('heading', { name: /Thank you/ })
    expect(asked[1]).toEqual(asked[0])
  })

  it('waits for a connection', async () => {
    renderApp(path)
    const button = await screen.findByRole('button', { name: 'Book 2 seats now' })
    setOnline(false)
    await waitFor(() => expect(button).toBeDisabled())
    expect(button).toHaveAccessibleDescription('Booking needs a connection. You are offline at the moment.')
    setOnline(true)
    await waitFor(() => expect(button).toBeEnabled())
  })
})
