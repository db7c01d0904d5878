// The pictures of the README, made of the sample events of `make run`: npm run screenshots.

import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { ticket } from '../e2e/screens'
import { root, System } from '../e2e/system'
import { test as base, type Event, expect, until, World } from '../e2e/test'
import { spread } from './spread'

/** How large a picture may be, in bytes. */
const most = 120_000

const test = base.extend<object, { world: World }>({
  world: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
    async ({}, use) => {
      const system = new System()
      await system.start(['-demo=true'])
      const world = new World(system)
      await until(() => complete(world))
      await use(world)
      await system.end()
    },
    { scope: 'worker' },
  ],
})

/** Fails while not all of the sample events are there with their bookings. */
async function complete(world: World): Promise<void> {
  const found = await world.organise<{ Name: string; Booked: number }[]>('GET', '/statistics')
  expect(found).toContainEqual(expect.objectContaining({ Name: "A Winter's Tale, for Children", Booked: 51 }))
}

/** Takes a picture of what is there down to a height. */
async function take(page: Page, height: number, name: string): Promise<void> {
  await page.setViewportSize({ width: 1200, height })
  await page.evaluate(() => document.fonts.ready)
  await page.mouse.move(0, 0)
  const browser = await page.context().newCDPSession(page)
  const { data } = await browser.send('Page.captureScreenshot', { format: 'webp', quality: 88 })
  const picture = Buffer.from(data, 'base64')
  expect(picture.length).toBeLessThanOrEqual(most)
  await writeFile(path.join(root, `frontend/screenshots/${name}.webp`), picture)
}

async function tidewater(world: World): Promise<Event> {
  const [event] = await world.system.api<Event[]>('GET', '/events?q=tidewater')
  if (!event) throw new Error('the sample event is not there')
  return event
}

for (const scheme of ['light', 'dark'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme, viewport: { width: 1200, height: 1300 }, deviceScaleFactor: 1.5 })

    test('the list', async ({ page }) => {
      await page.goto('/')
      await page
        .getByText(/seats? left/)
        .first()
        .waitFor()
      await take(page, 1295, `list-${scheme}`)
    })

    test('an event', async ({ page, world }) => {
      await page.goto(`/events/${(await tidewater(world)).ID}`)
      await page
        .getByText(/seats left/)
        .first()
        .waitFor()
      await take(page, 900, `event-${scheme}`)
    })

    test('a ticket', async ({ page, world }) => {
      await ticket(page, await tidewater(world))
      await take(page, 780, `ticket-${scheme}`)
    })

    test.describe('to organisers', () => {
      test.use({ organiser: true })

      test('the dashboard', async ({ page }) => {
        await page.route('**/api/statistics*', async (route) => {
          const response = await route.fetch()
          await route.fulfill({ response, json: spread(await response.json()) })
        })
        await page.goto('/organise')
        await page
          .getByRole('img', { name: /^How full it gets/ })
          .locator('svg')
          .first()
          .waitFor()
        await take(page, 1080, `dashboard-${scheme}`)
      })
    })
  })
}
