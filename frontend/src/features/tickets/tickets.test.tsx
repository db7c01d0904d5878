import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { renderApp } from '@/testing/render'
import { answer, booking, guest, HttpResponse, problem } from '@/testing/server'

const path = `/bookings/${booking().ID}`

const serve = (b = booking()) => answer('get', path, () => HttpResponse.json(b))

describe('a ticket', () => {
  it('has everything that is needed at the door', async () => {
    serve()
    renderApp(path)
    const ticket = await screen.findByRole('region', { name: 'Ticket' })
    expect(within(ticket).getByText('2 seats')).toBeVisible()
    expect(within(ticket).getByText('CCCC CCCC CCCC CCCC CCCC CCCC')).toBeVisible()
    expect(
      within(ticket).getByTitle('QR code of the booking CCCC CCCC CCCC CCCC CCCC CCCC'),
    ).toBeInTheDocument()
    expect(screen.getByRole('link', { name: 'Add to calendar' })).toHaveAttribute(
      'href',
      `/api/events/${booking().EventID}/event.ics`,
    )
  })

  it('gives its secret link', async () => {
    serve()
    const { user } = renderApp(path)
    await user.click(await screen.findByRole('button', { name: 'Copy secret link' }))
    expect(await screen.findByText('The secret link is copied')).toBeVisible()
    expect(await navigator.clipboard.readText()).toBe(`${window.location.origin}${booking().Ticket}`)
  })

  it.each([
    ['cancelled', booking({}, { Cancelled: true }), 'This event is cancelled'],
    ['changed', booking({}, { Changed: booking().Date + 1 }), 'Date, time or place have changed'],
    ['given back', booking({ Seats: 0 }), 'All seats are given back'],
    ['over', booking({}, { StartDate: 1_000_000_000, EndDate: 1_000_007_200 }), 'This event is over'],
  ])('says plainly that it is %s', async (_, b, words) => {
    serve(b)
    renderApp(path)
    expect(await screen.findByText(words)).toBeVisible()
  })

  it('says nothing of changes before it was booked', async () => {
    serve(booking({}, { Changed: booking().Date - 1 }))
    renderApp(path)
    await screen.findByRole('region', { name: 'Ticket' })
    expect(screen.queryByText(/have changed/)).not.toBeInTheDocument()
  })

  it('gives back some seats', async () => {
    serve(booking({ Seats: 3 }))
    const kept: unknown[] = []
    answer('patch', path, async (r) => {
      kept.push(await r.json())
      return HttpResponse.json(booking({ Seats: 1 }))
    })
    const { user } = renderApp(path)
    await user.click(await screen.findByRole('button', { name: 'Give seats back' }))
    await user.selectOptions(await screen.findByLabelText('Seats that you keep'), '1')
    await user.click(screen.getByRole('button', { name: 'Give 2 seats back' }))
    expect(await screen.findByText('Done. You now hold one seat.')).toBeVisible()
    expect(kept).toEqual([{ seats: 1 }])
  })

  it('gives back all seats, and says in the dialog where that failed', async () => {
    serve()
    let refused = true
    answer('delete', path, () => (refused ? problem(409) : HttpResponse.json(booking({ Seats: 0 }))))
    const { user } = renderApp(path)
    await user.click(await screen.findByRole('button', { name: 'Give seats back' }))
    const confirm = await screen.findByRole('button', { name: 'Give all seats back' })
    await user.click(confirm)
    expect(await screen.findByRole('alert')).toHaveTextContent('This does not fit')
    refused = false
    await user.click(confirm)
    expect(await screen.findByText('Done. You hold no seats any more.')).toBeVisible()
    expect(screen.getByText('All seats are given back')).toBeVisible()
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument())
  })

  it('can be shown by its secret link, and not be changed', async () => {
    const { Ticket: link, ...ticket } = booking()
    answer('get', link, () => HttpResponse.json(ticket))
    renderApp(link)
    expect(await screen.findByRole('region', { name: 'Ticket' })).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Give seats back' })).not.toBeInTheDocument()
  })

  it('is missing where it is not there', async () => {
    answer('get', path, () => problem(404))
    renderApp(path)
    expect(await screen.findByRole('heading', { name: 'There is nothing here' })).toBeVisible()
  })
})

describe('my bookings', () => {
  it('are none for a visitor who is nobody yet', async () => {
    renderApp('/bookings')
    expect(await screen.findByRole('heading', { name: 'No bookings yet' })).toBeVisible()
  })

  it('lists them with how they stand', async () => {
    answer('get', '/users/me', () => HttpResponse.json(guest))
    answer('get', '/bookings', () =>
      HttpResponse.json([booking(), booking({ ID: 'f'.repeat(24) }, { Name: 'Gone', Cancelled: true })]),
    )
    renderApp('/bookings')
    const rows = await screen.findAllByRole('article')
    expect(rows.map((row) => within(row).getByRole('heading').textContent)).toEqual(['Tidewater', 'Gone'])
    expect(within(rows[0] as HTMLElement).getByText('Booked')).toBeVisible()
    expect(within(rows[1] as HTMLElement).getByText('Event cancelled')).toBeVisible()
  })
})
