import { act, screen, waitFor } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { FakeEventSource, setHidden } from '@/testing/browser'
import { renderApp } from '@/testing/render'
import { answer, event, HttpResponse, place, problem } from '@/testing/server'

const path = `/events/${event().ID}`

const serve = (changes: Parameters<typeof event>[0]) =>
  answer('get', path, () => HttpResponse.json(event(changes)))

/** Sends figures by the stream that watches the event, as soon as there is one. */
const seatsOf = (EventID: string) => (Available: number, Sequence: number) =>
  waitFor(() => {
    const stream = FakeEventSource.open.find((s) => s.url.includes(EventID))
    if (!stream) throw new Error('nobody watches')
    act(() => stream.send({ EventID, Capacity: 420, Booked: 420 - Available, Available, Sequence }))
  })

describe('an event', () => {
  it('leads to a booking of as many seats as are chosen', async () => {
    const { user, router } = renderApp(path)
    await user.click(await screen.findByRole('button', { name: 'One seat more' }))
    await user.click(screen.getByRole('button', { name: 'Book 3 seats' }))
    expect(router.state.location).toMatchObject({ pathname: `${path}/book`, search: '?seats=3' })
  })

  it('cannot be booked when it is cancelled, over, or sold out, and says so', async () => {
    serve({ Cancelled: true })
    const first = renderApp(path)
    expect(await screen.findByText('This event is cancelled')).toBeVisible()
    first.unmount()
    serve({ StartDate: 1_000_000_000, EndDate: 1_000_007_200 })
    const second = renderApp(path)
    expect(await screen.findByText('This event is over')).toBeVisible()
    second.unmount()
    serve({})
    renderApp(path)
    await seatsOf(event().ID)(0, 100)
    expect(await screen.findByText(/Seats that are given back appear here/)).toBeVisible()
    expect(screen.queryByRole('button', { name: /^Book/ })).not.toBeInTheDocument()
  })

  it('tells those who listen of the last seats, and of nothing else', async () => {
    const other = '9'.repeat(24)
    answer('get', `/events/${other}`, () => HttpResponse.json(event({ ID: other })))
    renderApp(`/events/${other}`)
    const seats = seatsOf(other)
    const news = () => screen.getAllByRole('status').map((s) => s.textContent)
    await seats(300, 200)
    await seats(200, 201)
    expect(news().join('')).toBe('')
    await seats(2, 202)
    await waitFor(() => expect(news()).toContain('Only 2 seats left'))
    await seats(0, 203)
    await waitFor(() => expect(news()).toContain('Sold out'))
    await seats(1, 204)
    await waitFor(() => expect(news()).toContain('Seats are available again'))
  })

  it('watches seats only while it is looked at, and again after the stream broke', async () => {
    renderApp(path)
    await waitFor(() => expect(FakeEventSource.open).toHaveLength(1))
    act(() => setHidden(true))
    await waitFor(() => expect(FakeEventSource.open).toHaveLength(0))
    act(() => setHidden(false))
    await waitFor(() => expect(FakeEventSource.open).toHaveLength(1))
    act(() => FakeEventSource.open[0]?.fail())
    expect(FakeEventSource.open).toHaveLength(0)
    await waitFor(() => expect(FakeEventSource.open).toHaveLength(1), { timeout: 3000 })
  })

  it("shows the time of the place, with its zone, and the visitor's own where that is another", async () => {
    const start = Date.UTC(2027, 6, 1, 18) / 1000
    const there = { ...place, TimeZone: 'Asia/Tokyo' }
    serve({ StartDate: start, EndDate: start + 7200, Location: there })
    renderApp(path)
    expect(await screen.findByText(/3:00 – 5:00/)).toBeVisible()
    expect(screen.getByText('Japan Standard Time')).toBeVisible()
    expect(screen.getByText(/For you: Thursday.* 20:00, Central European Summer Time/)).toBeVisible()
  })

  it('is missing where there is none', async () => {
    answer('get', path, () => problem(404))
    renderApp(path)
    expect(await screen.findByRole('heading', { name: 'There is nothing here' })).toBeVisible()
  })
})

it('an address that leads nowhere says so', async () => {
  renderApp('/nowhere/at/all')
  expect(await screen.findByRole('heading', { name: 'There is nothing here', level: 2 })).toBeVisible()
})
