import { expect, type Page } from '@playwright/test'
import type { Event, World } from './test'

/** What is entered of an event; start and end as YYYY-MM-DDTHH:mm. */
type Entry = { name?: string; place?: string; start?: string; end?: string }

/** Enters an event, as far as it is said. */
export async function enter(page: Page, { name, place, start, end }: Entry): Promise<void> {
  const field = (label: string) => page.getByLabel(label, { exact: true })
  if (name !== undefined) await field('Name').fill(name)
  if (place !== undefined) await field('Location').selectOption({ label: place })
  if (start !== undefined) await field('Starts').fill(start)
  if (end !== undefined) await field('Ends').fill(end)
}

/** The screen of a new event. */
export async function newEvent(page: Page): Promise<void> {
  await page.goto('/organise/events/new')
  await page.getByRole('button', { name: 'Announce the event' }).waitFor()
}

/** The screen of an event, when it is known how much of it is booked. */
export async function editEvent(page: Page, event: Event, sold = /\d+ of \d+ booked/): Promise<void> {
  await page.goto(`/organise/events/${event.ID}`)
  await page.getByRole('button', { name: 'Save changes' }).waitFor()
  await page.getByRole('complementary').getByText(sold).waitFor()
}

/** Gives the event a hall of its own with so many seats, without saving it. */
export async function ownSeats(page: Page, seats: number): Promise<void> {
  await page.getByRole('radio', { name: /Halls of its own/ }).check()
  await page.getByRole('group', { name: 'Hall 1' }).getByLabel('Seats').fill(String(seats))
}

/** Saves what was entered, also where something is to be known first. */
export async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save changes' }).click()
  const anyway = page.getByRole('dialog').getByRole('button', { name: 'Save anyway' })
  const saved = page.getByText('Saved', { exact: true })
  await anyway.or(saved).first().waitFor()
  if (await anyway.isVisible()) await anyway.click()
  await expect(saved).toBeVisible()
}

/** An event of which more is booked than there is room for: by two seats. */
export async function overbooked(world: World): Promise<Event> {
  const event = await world.event({ seats: 10 })
  await world.book(event.ID, 5)
  const { Location } = await world.organise<Event & { Location: { ID: string } }>(
    'GET',
    `/events/${event.ID}`,
  )
  const Halls = [{ name: 'Great Hall', location: 'First floor', capacity: 3 }]
  await world.change(event.ID, { Location: { ID: Location.ID, Halls } })
  return event
}

/** The times of an event as the clock of its place, in Berlin, shows them. */
export function clocks({ StartDate, EndDate }: Event): { start: string; end: string } {
  const clock = (seconds: number) =>
    new Date(seconds * 1000)
      .toLocaleString('sv', { timeZone: 'Europe/Berlin' })
      .slice(0, 16)
      .replace(' ', 'T')
  return { start: clock(StartDate), end: clock(EndDate) }
}
