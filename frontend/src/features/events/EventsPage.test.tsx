import { screen, waitFor } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { FakeEventSource, setOnline } from '@/testing/browser'
import { renderApp } from '@/testing/render'
import { answer, event, HttpResponse, problem } from '@/testing/server'

describe('the list of events', () => {
  it('shows events with where they are, and their seats as they change', async () => {
    renderApp('/')
    expect(await screen.findByRole('link', { name: 'Tidewater' })).toHaveAttribute(
      'href',
      `/events/${event().ID}`,
    )
    expect(screen.getByText('Elbe Harbour Hall, Germany')).toBeVisible()
    await waitFor(() => expect(FakeEventSource.open).toHaveLength(1))
    const seats = { EventID: event().ID, Capacity: 420, Booked: 417, Available: 3, Sequence: 9 }
    FakeEventSource.open[0]?.send(seats)
    expect(await screen.findByText('Only 3 seats left')).toBeVisible()
    FakeEventSource.open[0]?.send({ ...seats, Booked: 400, Available: 20, Sequence: 8 }) // late
    FakeEventSource.open[0]?.send({ ...seats, Booked: 420, Available: 0, Sequence: 10 })
    expect(await screen.findByText('Sold out')).toBeVisible()
  })

  it('asks for what the address says, and puts into the address what is chosen', async () => {
    const asked: string[] = []
    answer('get', '/events', (request) => {
      asked.push(new URL(request.url).search)
      return HttpResponse.json([event()])
    })
    const { user, router } = renderApp('/?q=tide&place=Germany')
    expect(await screen.findByRole('searchbox')).toHaveValue('tide')
    await waitFor(() => expect(asked.at(-1)).toContain('q=tide&country=Germany'))
    await user.click(screen.getByRole('button', { name: 'Next 7 days' }))
    expect(router.state.location.search).toBe('?q=tide&when=week&place=Germany')
    await waitFor(() => expect(asked.at(-1)).toMatch(/from=\d+&to=\d+/))
    await user.clear(screen.getByRole('searchbox'))
    await waitFor(() => expect(router.state.location.search).toBe('?when=week&place=Germany'))
  })

  it('says that nothing fits, and leads back to all', async () => {
    answer('get', '/events', (r) => HttpResponse.json(r.url.includes('q=') ? [] : [event()]))
    const { user } = renderApp('/?q=opera')
    await user.click(await screen.findByRole('button', { name: 'Show all events' }))
    expect(await screen.findByRole('link', { name: 'Tidewater' })).toBeVisible()
  })

  it('fetches more when asked', async () => {
    answer('get', '/events', (r) =>
      r.url.includes('after=next')
        ? HttpResponse.json([event({ ID: 'e'.repeat(24), Name: 'Second' })])
        : HttpResponse.json([event()], { headers: { Link: '<?limit=24&after=next>; rel="next"' } }),
    )
    const { user } = renderApp('/')
    await user.click(await screen.findByRole('button', { name: 'Show more events' }))
    expect(await screen.findByRole('link', { name: 'Second' })).toBeVisible()
    expect(screen.getByRole('link', { name: 'Tidewater' })).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Show more events' })).not.toBeInTheDocument()
  })

  it('says in words what went wrong, and tries again', async () => {
    let broken = true
    answer('get', '/events', () => (broken ? problem(503) : HttpResponse.json([event()])))
    const { user } = renderApp('/')
    expect(await screen.findByText(/cannot be done at the moment/)).toBeVisible()
    expect(screen.queryByText(/raw words/)).not.toBeInTheDocument()
    broken = false
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByRole('link', { name: 'Tidewater' })).toBeVisible()
  })

  it('keeps what is loaded while there is no connection', async () => {
    renderApp('/')
    await screen.findByRole('link', { name: 'Tidewater' })
    setOnline(false)
    expect(await screen.findByText(/You are offline\. You can read/)).toBeVisible()
    expect(screen.getByRole('link', { name: 'Tidewater' })).toBeVisible()
    setOnline(true)
    await waitFor(() => expect(screen.queryByText(/You are offline/)).not.toBeInTheDocument())
  })
})
