import type { Page } from '@playwright/test'
import { type Event, review, type World } from './test'

/** Books, and stays on the ticket. */
export async function ticket(page: Page, event: Event): Promise<void> {
  await review(page, event)
  await page.getByRole('button', { name: 'Book 2 seats now' }).click()
  await page.getByRole('heading', { name: /Thank you/ }).waitFor()
}

/** How to get to a screen. */
export type Open = (page: Page, world: World, event: Event) => Promise<void>

/** Every screen and state that visitors come to. */
export const visitors: Record<string, Open> = {
  'the list': async (page, _, event) => {
    await page.goto('/')
    await page.getByRole('link', { name: event.Name }).waitFor()
  },
  'the list with a choice of dates': async (page, _, event) => {
    await page.goto('/?from=2020-01-01')
    await page.getByRole('link', { name: event.Name }).waitFor()
  },
  'an empty list': async (page) => {
    await page.goto('/?q=nothing-is-called-this')
    await page.getByRole('heading', { name: 'No event fits' }).waitFor()
  },
  'a list that cannot be had': async (page) => {
    await page.route('**/api/events?*', (route) => route.fulfill({ status: 503, json: { status: 503 } }))
    await page.goto('/')
    await page.getByRole('heading', { name: 'That did not work' }).waitFor()
  },
  'a list on its way': async (page) => {
    await page.route('**/api/events?*', () => undefined)
    await page.goto('/')
    await page.getByText('Loading…').waitFor()
  },
  'being offline': async (page, _, event) => {
    await page.goto('/')
    await page.getByRole('link', { name: event.Name }).waitFor()
    await page.context().setOffline(true)
    await page.getByText('You are offline. You can read').waitFor()
  },
  'an event': async (page, _, event) => {
    await page.goto(`/events/${event.ID}`)
    await page.getByRole('button', { name: /^Book 2 seats/ }).waitFor()
  },
  'an event that is sold out': async (page, world) => {
    const event = await world.event({ seats: 1 })
    await world.book(event.ID, 1)
    await page.goto(`/events/${event.ID}`)
    await page.getByText('Sold out').first().waitFor()
  },
  'an event that is cancelled': async (page, world) => {
    const event = await world.event()
    await world.cancel(event.ID)
    await page.goto(`/events/${event.ID}`)
    await page.getByText('This event is cancelled').waitFor()
  },
  'an event that is over': async (page, world) => {
    const event = await world.event({ start: 1_600_000_000 })
    await page.goto(`/events/${event.ID}`)
    await page.getByText('This event is over').waitFor()
  },
  'the last look before booking': (page, _, event) => review(page, event),
  'a number of seats that cannot be': async (page, _, event) => {
    await review(page, event)
    await page.getByLabel('Seats', { exact: true }).fill('99')
    await page.keyboard.press('Enter')
    await page.getByText('Please enter a whole number').waitFor()
  },
  'too few seats': async (page, world) => {
    const event = await world.event({ seats: 1 })
    await review(page, event)
    await page.getByRole('button', { name: 'Book 2 seats now' }).click()
    await page.getByRole('alert').waitFor()
  },
  'a ticket': (page, _, event) => ticket(page, event),
  'the dialog that gives seats back': async (page, _, event) => {
    await ticket(page, event)
    await page.getByRole('button', { name: 'Give seats back' }).click()
    await page.getByRole('dialog').waitFor()
  },
  'my bookings': async (page, _, event) => {
    await ticket(page, event)
    await page.goto('/bookings')
    await page.getByRole('article').first().waitFor()
  },
  'no bookings': async (page) => {
    await page.goto('/bookings')
    await page.getByRole('heading', { name: 'No bookings yet' }).waitFor()
  },
  'a shared ticket': async (page, world, event) => {
    const { Ticket: link } = await world.book(event.ID, 1)
    await page.goto(link)
    await page.getByRole('region', { name: 'Ticket' }).waitFor()
  },
  'an address that leads nowhere': async (page) => {
    await page.goto('/nowhere')
    await page.getByRole('heading', { name: 'There is nothing here' }).first().waitFor()
  },
  'a screen that is not for visitors': async (page) => {
    await page.route('**/config.json', (route) => route.fulfill({ json: { auth: 'on' } }))
    await page.goto('/organise')
    await page.getByRole('heading', { name: 'For organisers' }).first().waitFor()
  },
  'signing in': async (page) => {
    await page.goto('/sign-in')
    await page.getByLabel('Email address').waitFor()
  },
  'signing in with a wrong password': async (page) => {
    await page.goto('/sign-in')
    await page.getByLabel('Email address').fill('nobody@example.com')
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('do not belong together').waitFor()
  },
  'signing up with faults': async (page) => {
    await page.goto('/sign-up')
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByText('Please fill this in.').first().waitFor()
  },
}
