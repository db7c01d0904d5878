import type { Page } from '@playwright/test'
import { editEvent, enter, newEvent, save } from './organise'
import { System } from './system'
import { expect, signIn, test, until, World } from './test'

test.use({ organiser: true })

const saving = (page: Page) => page.getByRole('button', { name: 'Save changes' })

test('11: what is missing is said at its field, and the first one has the focus', async ({ page }) => {
  await newEvent(page)
  await page.getByRole('radio', { name: /Halls of its own/ }).check()
  await page.getByRole('button', { name: 'Add a hall' }).click()
  await page.getByRole('button', { name: 'Announce the event' }).click()
  const faults: [string, string][] = [
    ['Name', 'This is needed.'],
    ['Location', 'Choose where it takes place.'],
    ['Starts', 'Enter a day and a time.'],
    ['Ends', 'Enter a day and a time.'],
    ['Seats', 'Enter a whole number from 0 to 10,000,000.'],
  ]
  for (const [label, fault] of faults) {
    const field = page.getByLabel(label, { exact: true }).and(page.locator('input[aria-describedby], select'))
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    await expect(field).toHaveAccessibleDescription(new RegExp(fault))
  }
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused()
  await page.keyboard.type('Now it has one')
  await expect(page.getByLabel('Name', { exact: true })).not.toHaveAttribute('aria-invalid')
})

test('11: what the service refuses is said at the fields, in words of our own', async ({ page, world }) => {
  const event = await world.event()
  await editEvent(page, event)
  let raw = ''
  await page.route(`**/api/events/${event.ID}`, async (route) => {
    if (route.request().method() !== 'PUT') return route.continue()
    const answer = await route.fetch({ postData: { ...route.request().postDataJSON(), Name: '' } })
    expect(answer.status()).toBe(422)
    raw = (await answer.json()).errors[0].message
    await route.fulfill({ response: answer })
  })
  await enter(page, { name: 'A name that the service does not like' })
  await saving(page).click()
  const name = page.getByLabel('Name', { exact: true })
  await expect(name).toHaveAccessibleDescription('MyEvents does not take this. Please check it.')
  await expect(name).toBeFocused()
  await expect(name).toHaveValue('A name that the service does not like')
  expect(raw).not.toBe('')
  await expect(page.getByText(raw)).toHaveCount(0)
})

test('11: also within a hall, and of a location', async ({ page, world }) => {
  const { ID } = await world.location()
  await page.goto(`/organise/locations/${ID}`)
  await page.route(`**/api/locations/${ID}`, async (route) => {
    if (route.request().method() !== 'PUT') return route.continue()
    const Halls = [{ name: 'Great Hall', location: '', capacity: -1 }]
    await route.continue({ postData: { ...route.request().postDataJSON(), Halls } })
  })
  const seats = page.getByRole('group', { name: 'Hall 1' }).getByLabel('Seats')
  await seats.fill('7')
  await saving(page).click()
  await expect(seats).toHaveAccessibleDescription('MyEvents does not take this. Please check it.')
  await expect(seats).toBeFocused()
})

test('11: changes that are not saved are not lost by a link, the way back or a reload', async ({
  page,
  world,
}) => {
  const event = await world.event()
  await page.goto('/organise/events')
  await page.getByRole('link', { name: event.Name, exact: true }).click()
  await saving(page).waitFor()
  const name = page.getByLabel('Name', { exact: true })
  await name.focus()
  await page.keyboard.press('End')
  await page.keyboard.type(' and more')

  const dialog = page.getByRole('dialog', { name: 'Leave without saving?' })
  await page.getByRole('link', { name: 'Locations' }).click()
  await dialog.getByRole('button', { name: 'Stay here' }).click()
  await expect(dialog).toBeHidden()
  await expect(name).toHaveValue(`${event.Name} and more`)
  await page.goBack()
  await dialog.getByRole('button', { name: 'Stay here' }).click()
  await expect(dialog).toBeHidden()
  await expect(name).toHaveValue(`${event.Name} and more`)

  const asked = page.waitForEvent('dialog')
  const reloaded = page.reload().catch(() => undefined) // it is not, in the end
  const question = await asked
  expect(question.type()).toBe('beforeunload')
  await question.dismiss()
  await expect(name).toHaveValue(`${event.Name} and more`)
  await Promise.race([reloaded, page.waitForTimeout(100)])

  await page.getByRole('link', { name: 'Locations' }).click()
  await dialog.getByRole('button', { name: 'Leave' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Locations' })).toBeVisible()
})

test('11: nothing is asked when all is saved', async ({ page, world }) => {
  const event = await world.event()
  await editEvent(page, event)
  await enter(page, { name: `${event.Name} again` })
  await save(page)
  await page.getByRole('link', { name: 'Locations' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Locations' })).toBeVisible()
})

test('11: of two who change the same, the second is told and keeps what is entered', async ({
  page,
  another,
  world,
}) => {
  const event = await world.event()
  const other = await (await another(true)).newPage()
  await editEvent(page, event)
  await editEvent(other, event)
  await enter(other, { name: 'As the other calls it' })
  await save(other)

  await enter(page, { start: '2027-05-01T20:00' })
  await saving(page).click()
  const alert = page.getByRole('alert')
  await expect(alert).toContainText('Somebody else has changed this meanwhile')
  await expect(alert).toBeFocused()
  await page.getByRole('button', { name: 'Load theirs, keep my changes' }).click()
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('As the other calls it')
  await expect(page.getByLabel('Starts')).toHaveValue('2027-05-01T20:00')
  await expect(page.getByText(/Kept as you entered it: start/)).toBeVisible()
  await save(page)
  expect(await world.organise('GET', `/events/${event.ID}`)).toMatchObject({
    Name: 'As the other calls it',
    StartDate: Date.parse('2027-05-01T20:00:00+02:00') / 1000,
  })
})

test('what cannot be saved while a service is dead can be when it is back', async ({
  page,
  context,
  quiet,
}) => {
  const system = new System()
  await system.start()
  const world = new World(system)
  await signIn(context, world)
  const event = await world.event()
  await page.goto(`${system.url}/organise/events/${event.ID}`)
  await saving(page).waitFor()
  await system.kill()
  await enter(page, { name: 'Saved after all' })
  await saving(page).click()
  await expect(page.getByRole('alert')).toContainText(
    'We don’t know yet whether this arrived'.replace('’', "'"),
  )
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Saved after all')
  await system.start()
  await until(() => world.sold(event.ID))
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  expect(await world.organise('GET', `/events/${event.ID}`)).toMatchObject({
    Name: 'Saved after all',
    Version: 2,
  })
  expect(quiet).toEqual([])
  await system.end()
})

test('12: a session that ends while an event is changed is told, and what is entered stays', async ({
  page,
  context,
  world,
}) => {
  const event = await world.event()
  await editEvent(page, event)
  await enter(page, { name: 'After the session' })
  await context.addCookies([
    { name: 'myevents_access', value: 'forged.token.here', url: world.system.url },
    { name: 'myevents_refresh', value: `${'a'.repeat(24)}.AAAA`, url: world.system.url },
  ])
  await saving(page).click()
  await expect(page.getByRole('alert')).toContainText('Your session has ended. Please sign in again.')
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('After the session')
  await context.clearCookies()
  await signIn(context, world) // as in another tab
  await save(page)
  expect(await world.organise('GET', `/events/${event.ID}`)).toMatchObject({ Name: 'After the session' })
})

test('8: offline nothing can be saved, and what is entered stays', async ({ page, context, world }) => {
  const event = await world.event()
  await editEvent(page, event)
  await enter(page, { name: 'Offline' })
  await context.setOffline(true)
  await expect(saving(page)).toBeDisabled()
  await expect(page.getByText('Saving works again once you are connected')).toBeVisible()
  await context.setOffline(false)
  await expect(saving(page)).toBeEnabled()
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Offline')
})

test('2: an event is announced by keyboard alone', async ({ page, world }) => {
  const { Name } = await world.location()
  await newEvent(page)
  const described = () =>
    page.evaluate(() => {
      const e = document.activeElement as HTMLInputElement
      return e.labels?.[0]?.textContent ?? e.textContent ?? ''
    })
  const reach = async (words: RegExp) => {
    for (let n = 0; n < 60; n++) {
      if (words.test(await described())) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`${words} is not reached by keyboard`)
  }
  await reach(/^Name$/)
  await page.keyboard.type('By Keyboard')
  await reach(/^Location$/)
  await page.keyboard.type(Name)
  await reach(/^Starts$/)
  await page.keyboard.type('050520270730') // either order of day and month
  if ((await page.getByLabel('Starts').inputValue()) === '') await page.keyboard.type('A') // a clock of 12 hours
  await reach(/^Announce the event$/)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'By Keyboard' })).toBeFocused()
  await expect(page.getByLabel('Starts')).toHaveValue('2027-05-05T07:30')
})
