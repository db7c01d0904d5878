import { System } from './system'
import { expect, review, test, until, World } from './test'

declare global {
  interface Window {
    shifts: number
  }
}

test('5: on a slow network a skeleton shows at once, nothing moves, and what was there stays', async ({
  page,
  world,
}) => {
  const event = await world.event({ name: 'Slowly' })
  const { Name: other } = await world.event({ name: 'Another' })
  await page.addInitScript(() => {
    window.shifts = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number
        hadRecentInput: boolean
      })[]) {
        if (!entry.hadRecentInput) window.shifts += entry.value
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
  let hold = true
  await page.route('**/api/events?*', async (route) => {
    while (hold) await new Promise((resolve) => setTimeout(resolve, 20))
    await route.continue().catch(() => undefined) // it was aborted
  })
  await page.goto('/')
  await expect(page.locator('.event-card .bone').first()).toBeVisible() // while no answer has come
  hold = false
  await expect(page.getByRole('link', { name: event.Name })).toBeVisible()
  expect(await page.evaluate(() => window.shifts)).toBeLessThan(0.1)

  hold = true
  await page.getByRole('searchbox').fill('Anoth')
  await expect(page).toHaveURL(/q=Anoth/)
  await expect(page.getByRole('link', { name: event.Name })).toBeVisible() // the previous results
  const aborted = page.waitForEvent(
    'requestfailed',
    (r) => r.url().includes('q=Anoth') && !r.url().includes('Another'),
  )
  await page.getByRole('searchbox').fill('Another')
  await aborted
  hold = false
  await expect(page.getByRole('link', { name: other })).toBeVisible()
  await expect(page.getByRole('link', { name: event.Name })).toHaveCount(0)
})

test('5: what failed can be tried again', async ({ page, world }) => {
  const event = await world.event()
  await page.route('**/api/events?*', (route) => route.abort('connectionrefused'))
  await page.goto('/')
  await expect(page.getByText('MyEvents cannot be reached')).toBeVisible()
  await page.unroute('**/api/events?*')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('link', { name: event.Name })).toBeVisible()
})

test('8: offline there is a banner, what was loaded can be read, and booking waits', async ({
  page,
  context,
  world,
}) => {
  const event = await world.event()
  await page.goto('/')
  await page.getByRole('link', { name: event.Name }).click()
  await page.getByRole('button', { name: 'Book 2 seats' }).waitFor()
  await page.goBack()
  await page.getByRole('link', { name: event.Name }).waitFor()
  await context.setOffline(true)
  await expect(page.getByText('You are offline. You can read')).toBeVisible()
  await page.getByRole('link', { name: event.Name }).click()
  await expect(page.getByRole('heading', { level: 1, name: event.Name })).toBeVisible()
  const button = page.getByRole('button', { name: 'Book 2 seats' })
  await expect(button).toBeDisabled()
  await expect(button).toHaveAccessibleDescription(
    'Booking needs a connection. You are offline at the moment.',
  )
  for (let n = 0; n < 5; n++) await world.book(event.ID, 19)
  await context.setOffline(false)
  await expect(button).toBeEnabled()
  await expect(page.getByText('Only 5 seats left').first()).toBeVisible() // fetched anew
})

test('10: seats follow while the page is seen, rest while it is hidden, and are told when they matter', async ({
  page,
  world,
}) => {
  const event = await world.event({ seats: 20 })
  const streams: string[] = []
  page.on('request', (r) => r.url().includes('/availability/stream') && streams.push(r.url()))
  await page.goto(`/events/${event.ID}`)
  await expect(page.getByText('20 seats left')).toBeVisible()
  await world.book(event.ID, 5)
  await expect(page.getByText('15 seats left')).toBeVisible()
  await expect(page.getByRole('status').filter({ hasText: 'seats' })).toHaveCount(0) // nothing to say yet

  const hide = (hidden: boolean) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { configurable: true, value })
      document.dispatchEvent(new Event('visibilitychange'))
    }, hidden)
  const ended = page.waitForEvent('requestfailed', (r) => r.url().includes('/availability/stream'))
  await hide(true)
  await ended
  const opened = streams.length
  await world.book(event.ID, 12)
  expect(await page.getByText('15 seats left').count()).toBe(1)
  expect(streams.length).toBe(opened)
  await hide(false)
  await expect(page.getByText('Only 3 seats left').first()).toBeVisible()
  await expect(page.getByRole('status').filter({ hasText: 'Only 3 seats left' })).toHaveCount(1)
})

test('a service that dies is told in words, and the app goes on when it is back', async ({ page, quiet }) => {
  const system = new System()
  await system.start()
  const world = new World(system)
  const event = await world.event()
  await page.goto(`${system.url}/events/${event.ID}/book?seats=2`)
  await page.getByRole('button', { name: 'Book 2 seats now' }).waitFor()
  await system.kill()
  await page.getByRole('button', { name: 'Book 2 seats now' }).click()
  await expect(page.getByRole('alert')).toContainText('We do not know yet')
  await system.start()
  await until(() => world.sold(event.ID))
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('heading', { name: /Thank you/ })).toBeVisible()
  expect(await world.sold(event.ID)).toBe(2)

  // The stream of seats, which has broken, follows again.
  await page.goto(`${system.url}/events/${event.ID}`)
  await expect(page.getByText('98 seats left')).toBeVisible()
  await system.kill()
  await system.start()
  await until(() => world.book(event.ID, 8))
  await expect(page.getByText('90 seats left')).toBeVisible()
  expect(quiet).toEqual([])
  await system.end()
})

test('a session that has ended is told, and booking goes on as a guest', async ({ page, context, world }) => {
  const event = await world.event()
  await review(page, event)
  await page.getByRole('button', { name: 'Book 2 seats now' }).click()
  await page.getByRole('heading', { name: /Thank you/ }).waitFor()
  await review(page, event, 3)
  await context.addCookies([
    { name: 'myevents_access', value: 'forged.token.here', url: world.system.url },
    { name: 'myevents_refresh', value: `${'a'.repeat(24)}.AAAA`, url: world.system.url },
  ])
  await page.getByRole('button', { name: 'Book 3 seats now' }).click()
  await expect(page.getByRole('alert')).toContainText('Your session has ended')
  await expect(page.getByLabel('Seats', { exact: true })).toHaveValue('3')
  await page.getByRole('button', { name: 'Go on as a guest' }).click()
  await expect(page.getByRole('heading', { name: /Thank you/ })).toBeVisible()
  expect(await world.sold(event.ID)).toBe(5)
})

test('a session whose token has run out is renewed without a word', async ({ page, context, world }) => {
  const event = await world.event()
  await review(page, event)
  await page.getByRole('button', { name: 'Book 2 seats now' }).click()
  await page.getByRole('heading', { name: /Thank you/ }).waitFor()
  await context.addCookies([{ name: 'myevents_access', value: 'run.out.already', url: world.system.url }])
  await page.goto('/bookings')
  await expect(page.getByRole('article')).toContainText(event.Name)
})
