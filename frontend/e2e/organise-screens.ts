import type { Page } from '@playwright/test'
import { clocks, editEvent, enter, newEvent, overbooked, ownSeats } from './organise'
import type { Open } from './screens'
import { admin } from './system'
import type { Event } from './test'

const announce = (page: Page) => page.getByRole('button', { name: 'Announce the event' }).click()

const refuse = (page: Page, what: string, status: number) =>
  page.route(what, (route) => route.fulfill({ status, json: { status } }))

/** Shows who comes, when there is somebody. */
async function attendees(page: Page, event: Event): Promise<void> {
  await page.goto(`/organise/events/${event.ID}/attendees`)
  await page
    .getByRole('button', { name: /^Cancel ?: / })
    .first()
    .waitFor()
}

const figures: Record<string, Open> = {
  'what sells': async (page, world, event) => {
    await world.book(event.ID, 8)
    await world.event({ seats: null })
    await overbooked(world)
    await page.goto('/organise')
    await page
      .getByRole('img', { name: /^How full it gets/ })
      .locator('svg')
      .first()
      .waitFor()
  },
  'what sells, as tables': async (page, world, event) => {
    await world.book(event.ID, 8)
    await page.goto('/organise')
    await page.getByRole('button', { name: 'Table' }).last().waitFor()
    for (const button of await page.getByRole('button', { name: 'Table' }).all()) await button.click()
    await page.getByRole('cell', { name: '8', exact: true }).first().waitFor()
  },
  'no figures yet': async (page) => {
    await page.route('**/api/statistics*', (route) => route.fulfill({ json: [] }))
    await page.goto('/organise')
    await page.getByRole('heading', { name: 'No events yet' }).waitFor()
  },
  'figures that cannot be had': async (page) => {
    await refuse(page, '**/api/statistics*', 503)
    await page.goto('/organise')
    await page.getByRole('alert').waitFor()
  },
  'figures on their way': async (page) => {
    await page.route('**/api/statistics*', () => undefined)
    await page.goto('/organise')
    await page.getByRole('heading', { name: 'What sells' }).waitFor()
  },
}

const events: Record<string, Open> = {
  'the events of an organiser': async (page, world, event) => {
    await world.book(event.ID, 3)
    await page.goto('/organise/events')
    await page.getByRole('link', { name: event.Name, exact: true }).waitFor()
    await page.getByText('3 of 100 booked').first().waitFor()
  },
  'events that are over': async (page, world) => {
    const event = await world.event({ start: 1_700_000_000 })
    await page.goto('/organise/events?show=past')
    await page.getByRole('link', { name: event.Name, exact: true }).waitFor()
  },
  'an organiser’s search that finds nothing': async (page) => {
    await page.goto('/organise/events?q=nothing-is-called-this')
    await page.getByRole('heading', { name: 'No event matches' }).waitFor()
  },
  'a new event': newEvent,
  'a new event with faults': async (page) => {
    await newEvent(page)
    await page.getByRole('radio', { name: /Halls of its own/ }).check()
    await page.getByRole('button', { name: 'Add a hall' }).click()
    await announce(page)
    await page.getByText('Enter a day and a time.').first().waitFor()
  },
  'a new event at a new place': async (page) => {
    await newEvent(page)
    await enter(page, { name: 'Tidewater', place: 'A new location …', start: '2027-10-31T02:30' })
    await page.getByLabel('Time zone').fill('Europe/Berlin')
    await page.getByText('this time comes twice').waitFor()
  },
  'a likely duplicate': async (page, _, event) => {
    await newEvent(page)
    await enter(page, { name: event.Name, place: `${event.Name} Hall, Germany`, ...clocks(event) })
    await announce(page)
    await page.getByRole('dialog').waitFor()
  },
  'an event to be changed': async (page, world, event) => {
    await world.book(event.ID, 4)
    await editEvent(page, event)
  },
  'fewer seats than are booked': async (page, world, event) => {
    await world.book(event.ID, 4)
    await editEvent(page, event, /4 of 100 booked/)
    await ownSeats(page, 3)
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByRole('dialog').waitFor()
  },
  'an event with more booked than there is room': async (page, world) => {
    await editEvent(page, await overbooked(world))
    await page.getByText('Over by 2').first().waitFor()
  },
  'input that would be lost': async (page, _, event) => {
    await editEvent(page, event)
    await enter(page, { name: 'Another name' })
    await page.getByRole('link', { name: 'Locations' }).click()
    await page.getByRole('dialog').waitFor()
  },
  'a change of somebody else': async (page, world, event) => {
    await editEvent(page, event)
    await world.change(event.ID, { Name: 'As somebody else called it' })
    await enter(page, { name: 'As I call it' })
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Somebody else has changed this').waitFor()
  },
  'a change that cannot be saved': async (page, _, event) => {
    await editEvent(page, event)
    await page.route('**/api/events/*', (route) => route.fulfill({ status: 429, json: { status: 429 } }))
    await enter(page, { name: 'Another name' })
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Nothing was changed').waitFor()
  },
  'the dialog that cancels an event': async (page, world, event) => {
    await world.book(event.ID, 4)
    await editEvent(page, event, /4 of 100 booked/)
    await page.getByRole('button', { name: 'Cancel the event …' }).click()
    await page.getByRole('dialog').waitFor()
  },
  'a cancelled event of an organiser': async (page, world, event) => {
    await world.cancel(event.ID)
    await page.goto(`/organise/events/${event.ID}`)
    await page.getByText('This event is cancelled').waitFor()
  },
  'an event of an organiser that cannot be had': async (page, _, event) => {
    await refuse(page, `**/api/events/${event.ID}`, 500)
    await page.goto(`/organise/events/${event.ID}`)
    await page.getByRole('heading', { name: 'That did not work' }).waitFor()
  },
}

const people: Record<string, Open> = {
  'who comes': async (page, world, event) => {
    await world.book(event.ID, 4, await world.customer('Ada Lovelace'))
    await world.book(event.ID, 2)
    await attendees(page, event)
  },
  'nobody comes yet': async (page, _, event) => {
    await page.goto(`/organise/events/${event.ID}/attendees`)
    await page.getByRole('heading', { name: 'Nobody has booked yet' }).waitFor()
  },
  'the dialog that cancels a booking': async (page, world, event) => {
    await world.book(event.ID, 4)
    await attendees(page, event)
    await page.getByRole('button', { name: /^Cancel ?: / }).click()
    await page.getByRole('button', { name: 'Cancel the booking' }).click()
    await page.getByText('This is needed.').waitFor()
  },
}

const places: Record<string, Open> = {
  locations: async (page, world) => {
    const { Name } = await world.location()
    await page.goto('/organise/locations')
    await page.getByRole('link', { name: Name }).waitFor()
  },
  'no locations yet': async (page) => {
    await page.route('**/api/locations', (route) => route.fulfill({ json: [] }))
    await page.goto('/organise/locations')
    await page.getByRole('heading', { name: 'No locations yet' }).waitFor()
  },
  'a new location with faults': async (page) => {
    await page.goto('/organise/locations/new')
    await page.getByRole('button', { name: 'Add a hall' }).click()
    await page.getByRole('button', { name: 'Add the location' }).click()
    await page.getByText('This is needed.').waitFor()
  },
  'a location to be changed': async (page, world) => {
    const { ID } = await world.location()
    await page.goto(`/organise/locations/${ID}`)
    await page.getByRole('button', { name: 'Save changes' }).waitFor()
  },
  'a location that cannot be deleted': async (page, world, event) => {
    const { Location } = await world.organise<{ Location: { ID: string } }>('GET', `/events/${event.ID}`)
    await page.goto(`/organise/locations/${Location.ID}`)
    await page.getByRole('button', { name: /^Delete/ }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Delete/ })
      .click()
    await page.getByText('Events are still to come here').waitFor()
  },
}

const account: Record<string, Open> = {
  'an account': async (page) => {
    await page.goto('/account')
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
  },
  'the roles of somebody': async (page) => {
    await page.goto('/account')
    const roles = page.getByRole('region', { name: 'Roles' })
    await roles.getByLabel('Email address').fill(admin.email)
    await roles.getByRole('button', { name: 'Find' }).click()
    await page.getByText('What Admin may do').waitFor()
  },
  'the dialog that deletes an account': async (page) => {
    await page.goto('/account')
    await page.getByRole('button', { name: 'Delete account' }).click()
    await page.getByRole('button', { name: 'Delete for good' }).click()
    await page.getByText('Please fill this in.').waitFor()
  },
}

/** Every screen and state that organisers come to. */
export const organisers: Record<string, Open> = { ...figures, ...events, ...people, ...places, ...account }
