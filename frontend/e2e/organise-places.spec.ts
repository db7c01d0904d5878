import { editEvent, save } from './organise'
import { expect, test } from './test'

test.use({ organiser: true })

test('a location is made with its halls, and events get their seats from them', async ({ page, world }) => {
  await page.goto('/organise/locations')
  await page.getByRole('link', { name: 'New location' }).click()
  await page.getByLabel('Name').fill('Signal Box')
  await page.getByLabel('Country').fill('Denmark')
  await page.getByLabel('Time zone').fill('europe/copenhagen')
  for (const [n, seats] of ['40', '2', '8'].entries()) {
    await page.getByRole('button', { name: 'Add a hall' }).click()
    await page
      .getByRole('group', { name: `Hall ${n + 1}` })
      .getByLabel('Seats')
      .fill(seats)
  }
  await expect(page.getByText('Together 50 seats')).toBeVisible()
  await page.getByRole('button', { name: 'Remove hall 2' }).click()
  await expect(page.getByText('Together 48 seats')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Add a hall' })).toBeFocused()
  await page.getByRole('button', { name: 'Add the location' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Signal Box' })).toBeVisible()
  await expect(page.getByText('The location is added')).toBeVisible()
  const all = await world.system.api<object[]>('GET', '/locations')
  expect(all).toContainEqual(
    expect.objectContaining({
      Name: 'Signal Box',
      TimeZone: 'Europe/Copenhagen',
      Halls: [expect.objectContaining({ capacity: 40 }), expect.objectContaining({ capacity: 8 })],
    }),
  )
  await page.goto('/organise/locations')
  await page.getByRole('searchbox').fill('signal')
  await expect(page.getByRole('article')).toHaveCount(1)
  await expect(page.getByRole('article')).toContainText('2 halls, 48 seats')
})

test('an event keeps its halls when those of its location change, until it adopts them', async ({
  page,
  world,
}) => {
  const event = await world.event()
  const { Location } = await world.organise<{ Location: { ID: string } }>('GET', `/events/${event.ID}`)
  await page.goto(`/organise/locations/${Location.ID}`)
  await page.getByRole('group', { name: 'Hall 1' }).getByLabel('Seats').fill('60')
  await save(page)
  await editEvent(page, event, /0 of 100 booked/)
  await expect(page.getByText("The location's halls are others by now")).toBeVisible()
  await page.getByRole('button', { name: "Adopt the location's halls" }).click()
  await save(page)
  await expect(page.getByText('0 of 60 booked')).toBeVisible()
})

test('a location that is in use is not deleted, one that is not is', async ({ page, world }) => {
  const event = await world.event()
  const { Location } = await world.organise<{ Location: { ID: string } }>('GET', `/events/${event.ID}`)
  await page.goto(`/organise/locations/${Location.ID}`)
  await page.getByRole('button', { name: /^Delete/ }).click()
  const dialog = page.getByRole('dialog')
  const remove = dialog.getByRole('button', { name: /^Delete/ })
  await remove.click()
  await expect(dialog.getByRole('alert')).toContainText('Events are still to come here')
  await dialog.getByRole('button', { name: 'Keep it' }).click()
  await expect(dialog).toBeHidden()

  await world.cancel(event.ID)
  await page.getByRole('button', { name: /^Delete/ }).click()
  await remove.click()
  await expect(page.getByRole('heading', { level: 1, name: 'Locations' })).toBeVisible()
  await expect(page.getByRole('link', { name: `${event.Name} Hall` })).toHaveCount(0)
})
