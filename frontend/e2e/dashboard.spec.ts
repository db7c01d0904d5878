import type { Locator, Page } from '@playwright/test'
import { expect, test, type World } from './test'

test.use({ organiser: true })

type Statistics = {
  Name: string
  Capacity: number | null
  Booked: number
  Days: { Day: string; Booked: number }[]
}

const statistics = (world: World) => world.organise<Statistics[]>('GET', '/statistics')

const cells = (row: Locator) => row.getByRole('cell').allTextContents()

/** The rows of a figure's table. */
function table(page: Page, title: string): Locator {
  const figure = page.getByRole('region', { name: title })
  return figure.getByRole('row').filter({ has: page.getByRole('rowheader') })
}

test('the figures of what sells follow the bookings', async ({ page, world }) => {
  const event = await world.event({ seats: 50 })
  await world.book(event.ID, 4)
  await page.goto('/organise')
  const total = page.getByText('Seats sold for upcoming events').locator('..').getByRole('definition')
  await expect(total).toHaveText(/\d/)
  const before = Number((await total.textContent())?.replace(/\D/g, ''))
  await world.book(event.ID, 6)
  await expect(total).toHaveText(String(before + 6)) // by the stream, without a reload
  await page.getByRole('region', { name: 'How full it gets' }).getByRole('button', { name: 'Table' }).click()
  const row = table(page, 'How full it gets').filter({ hasText: event.Name })
  await expect(row).toContainText('20%')
  await world.book(event.ID, 15)
  await expect(row).toContainText('50%')
})

test('3: every plot has a table that says the same', async ({ page, world }) => {
  const limited = await world.event({ seats: 40 })
  await world.book(limited.ID, 10)
  const unsold = await world.event()
  await page.goto('/organise')
  const plots = page.getByRole('img', { name: /The table has the same figures\.$/ })
  await plots.last().waitFor()
  expect(await plots.count()).toBe(await page.getByRole('button', { name: 'Table' }).count())
  const fill = page.getByRole('img', { name: /^How full it gets/ })
  for (const words of [limited.Name, '25%', unsold.Name]) await expect(fill).toContainText(words)
  for (const button of await page.getByRole('button', { name: 'Table' }).all()) await button.click()
  await expect(plots).toHaveCount(0)

  const row = table(page, 'How full it gets').filter({ hasText: limited.Name })
  expect((await cells(row)).slice(1, 4)).toEqual(['10', '40', '25%'])
  const days = new Map<string, number>()
  for (const { Day, Booked } of (await statistics(world)).flatMap((e) => e.Days)) {
    days.set(Day, (days.get(Day) ?? 0) + Booked)
  }
  const sums = [...days]
    .filter(([, n]) => n > 0)
    .sort()
    .reverse()
  const found = table(page, 'Seats sold')
  await expect(found).toHaveCount(sums.length)
  for (const [n, [, seats]] of sums.entries()) {
    expect(await cells(found.nth(n))).toEqual([seats.toLocaleString('en-GB')])
  }
  await page.getByRole('combobox', { name: 'Event' }).selectOption({ index: 1 })
  await expect(page.getByText(/seats? sold in the last 30 days/)).toBeVisible()
})
