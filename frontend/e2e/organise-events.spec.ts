import type { Page } from '@playwright/test'
import { clocks, editEvent, enter, newEvent, overbooked, ownSeats, save } from './organise'
import { ticket } from './screens'
import { type Event, expect, test, type World } from './test'

test.use({ organiser: true })

const announce = (page: Page) => page.getByRole('button', { name: 'Announce the event' })

/** The events of a name, as the service has them. */
const called = (world: World, name: string) =>
  world.system.api<(Event & { Capacity: number | null; Location: { Name: string } })[]>(
    'GET',
    `/events?q=${encodeURIComponent(name)}`,
  )

test('an event is announced, and visitors find and book it', async ({ page, another, world }) => {
  const place = await world.location(undefined, 30)
  await newEvent(page)
  await enter(page, { name: 'Moon Rehearsal', place: `${place.Name}, Germany`, start: '2027-05-01T20:00' })
  await expect(page.getByLabel('Ends')).toHaveValue('2027-05-01T22:00') // it goes where the start goes
  await expect(page.getByText('one hall, 30 seats')).toBeVisible()
  await announce(page).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Moon Rehearsal' })).toBeVisible()
  await expect(page.getByText('The event is announced, and can be booked')).toBeVisible()

  const visitor = await (await another()).newPage()
  await visitor.goto('/?q=Moon+Rehearsal')
  await visitor.getByRole('link', { name: 'Moon Rehearsal' }).click()
  await expect(visitor.getByText('30 seats left')).toBeVisible()
  await expect(visitor.getByRole('definition').filter({ hasText: '2027' })).toContainText('20:00 – 22:00')
  await visitor.getByRole('button', { name: 'Book 2 seats' }).click()
  await visitor.getByRole('button', { name: 'Book 2 seats now' }).click()
  await expect(page.getByText('2 of 30 booked')).toBeVisible() // the organiser sees it live
})

test('an event is announced along with its place and halls', async ({ page, world }) => {
  await newEvent(page)
  await enter(page, { name: 'Glasshouse', place: 'A new location …' })
  const place = page.getByRole('group', { name: 'About the new location' })
  await place.getByLabel('Name').fill('Palm House')
  await place.getByLabel('Time zone').fill('Asia/Tokyo')
  await page.getByRole('button', { name: 'Add a hall' }).click()
  const hall = page.getByRole('group', { name: 'Hall 1' })
  await hall.getByLabel('Hall', { exact: true }).fill('Under the dome')
  await hall.getByLabel('Seats').fill('12')
  await enter(page, { start: '2027-05-01T20:00' })
  await expect(page.getByText(/On your clock: .*13:00/).first()).toBeVisible()
  await announce(page).click()
  await page.getByRole('heading', { level: 1, name: 'Glasshouse' }).waitFor()
  const [event] = await called(world, 'Glasshouse')
  expect(event).toMatchObject({
    StartDate: Date.parse('2027-05-01T20:00:00+09:00') / 1000,
    Capacity: 12,
    Location: { Name: 'Palm House', TimeZone: 'Asia/Tokyo' },
  })
})

test('of a time that comes twice, the one that is meant is kept', async ({ page, world }) => {
  const { Name } = await world.location()
  await newEvent(page)
  await enter(page, { name: 'Night of Clocks', place: `${Name}, Germany`, start: '2028-03-26T02:30' })
  await expect(page.getByLabel('Starts')).toHaveAccessibleDescription(/Clocks go forward that night/)
  await enter(page, { start: '2027-10-31T02:30' })
  await page
    .getByRole('group', { name: /this time comes twice/ })
    .getByRole('radio', { name: /second/ })
    .check()
  await announce(page).click()
  await page.getByRole('heading', { level: 1, name: 'Night of Clocks' }).waitFor()
  const [event] = await called(world, 'Night of Clocks')
  expect(event?.StartDate).toBe(Date.parse('2027-10-31T02:30:00+01:00') / 1000)
})

test('7: a double click, and an answer that is lost, announce one event', async ({ page, world }) => {
  const { Name } = await world.location()
  await newEvent(page)
  await enter(page, { name: 'Only Once', place: `${Name}, Germany`, start: '2027-05-01T20:00' })
  let tries = 0
  await page.route('**/api/events', async (route) => {
    if (route.request().method() !== 'POST' || ++tries > 1) return route.continue()
    await route.fetch() // the service makes it
    await route.abort('connectionreset')
  })
  await announce(page).dblclick()
  await page.getByRole('heading', { level: 1, name: 'Only Once' }).waitFor()
  expect(tries).toBe(2)
  expect(await called(world, 'Only Once')).toHaveLength(1)
})

test('a likely duplicate is pointed out, and is up to the organiser', async ({ page, world }) => {
  const event = await world.event({ name: 'Double Feature' })
  const { Name: elsewhere } = await world.location()
  await newEvent(page)
  await enter(page, { name: ' double  feature ', place: `${elsewhere}, Germany`, ...clocks(event) })
  await announce(page).click()
  const dialog = page.getByRole('dialog', { name: 'Is this what you want?' })
  await expect(dialog).toContainText('There is an event of this name on that day')
  await expect(dialog.getByRole('link', { name: 'Double Feature' })).toHaveAttribute(
    'href',
    /\/organise\/events\//,
  )
  await dialog.getByRole('button', { name: 'Back to the form' }).click()
  await expect(dialog).toBeHidden()
  expect(await called(world, 'Double')).toHaveLength(1)

  await enter(page, { name: 'Another Feature', place: `${event.Name} Hall, Germany` })
  await announce(page).click()
  await expect(dialog).toContainText('There is another event at this time and place')
  await dialog.getByRole('button', { name: 'Save anyway' }).click()
  await page.getByRole('heading', { level: 1, name: 'Another Feature' }).waitFor()
})

test('fewer seats than are sold are warned of before, and said after', async ({ page, another, world }) => {
  const event = await world.event({ seats: 10 })
  await world.book(event.ID, 5)
  await editEvent(page, event, /5 of 10 booked/)
  await ownSeats(page, 3)
  await expect(page.getByText('2 seats more are booked than there would be')).toBeVisible()
  await page.getByRole('button', { name: 'Save changes' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('5 seats are booked, and there would be 3.')
  await expect(dialog).toContainText('No booking is cancelled.')
  await dialog.getByRole('button', { name: 'Back to the form' }).click()
  expect((await called(world, event.Name))[0]?.Capacity).toBe(10)
  await save(page)
  await expect(page.getByRole('complementary').getByText('Over by 2')).toBeVisible()
  await expect(page.getByRole('complementary').getByText('5 of 3 booked')).toBeVisible()
  await page.goto('/organise')
  const urgent = page.getByRole('region', { name: 'Need a look' }).getByRole('listitem')
  await expect(urgent.filter({ hasText: event.Name })).toContainText('Over by 2')

  const visitor = await (await another()).newPage()
  await visitor.goto(`/events/${event.ID}`)
  await expect(visitor.getByText('Sold out').first()).toBeVisible()
  expect(await world.sold(event.ID)).toBe(5) // no booking was touched
})

test('of an event that moves it is said first how many have booked', async ({ page, world }) => {
  const event = await world.event()
  await world.book(event.ID, 3)
  await editEvent(page, event, /3 of 100 booked/)
  await enter(page, { start: '2027-05-01T20:00' })
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByRole('dialog')).toContainText('3 seats are booked for the old time or place')
  await page.getByRole('button', { name: 'Save anyway' }).click()
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
})

test('what becomes of bookings is said before an event is cancelled, and on their tickets', async ({
  page,
  another,
  world,
}) => {
  const event = await world.event()
  const guest = await (await another()).newPage()
  await ticket(guest, event)
  await editEvent(page, event, /2 of 100 booked/)
  const open = page.getByRole('button', { name: 'Cancel the event …' })
  await open.click()
  const dialog = page.getByRole('dialog', { name: `Cancel “${event.Name}”?` })
  await expect(dialog).toContainText('2 seats are booked. The bookings stay')
  await expect(dialog).toContainText('for good')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(open).toBeFocused()
  expect(await called(world, event.Name)).toHaveLength(1)

  await open.click()
  await dialog.getByRole('button', { name: 'Cancel it for good' }).click()
  await expect(page.getByRole('alert')).toContainText('This event is cancelled')
  await expect(page.getByRole('alert')).toBeFocused()
  await expect(page.getByRole('button', { name: 'Save changes' })).toHaveCount(0)
  await page.goto('/organise/events?show=cancelled')
  await expect(page.getByRole('link', { name: event.Name, exact: true })).toBeVisible()
  await expect(async () => {
    await guest.reload()
    await expect(guest.getByText('This event is cancelled')).toBeVisible({ timeout: 1000 })
  }).toPass()
})

test('an overbooked event sells again when enough is given back', async ({ page, world }) => {
  const event = await overbooked(world)
  await editEvent(page, event, /5 of 3 booked/)
  await ownSeats(page, 20)
  await save(page)
  await expect(page.getByText('5 of 20 booked')).toBeVisible()
  await world.book(event.ID, 1)
  await expect(page.getByText('6 of 20 booked')).toBeVisible()
})

test('events to come, over and cancelled are found by name', async ({ page, world }) => {
  const coming = await world.event({ name: 'Findable to come' })
  const over = await world.event({ name: 'Findable and over', start: 1_700_000_000 })
  const off = await world.event({ name: 'Findable but off' })
  await world.cancel(off.ID)
  await page.goto('/organise/events')
  await page.getByRole('searchbox').fill('findable')
  await expect(page).toHaveURL(/q=findable/)
  const found = page.getByRole('main').getByRole('article')
  await expect(found).toHaveCount(1)
  await expect(found).toContainText(coming.Name)
  await page.getByRole('link', { name: 'Past' }).click()
  await expect(found).toContainText(over.Name)
  await page.getByRole('link', { name: 'Cancelled' }).click()
  await expect(found).toContainText(off.Name)
  await page.reload()
  await expect(found).toContainText(off.Name)
})
