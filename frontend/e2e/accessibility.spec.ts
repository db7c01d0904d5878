import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { organisers } from './organise-screens'
import { visitors } from './screens'
import { expect, test } from './test'

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds, and where. */
async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze()
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`)
}

/** By how much the page is wider than its window, and what is too small to be touched. */
const crowded = (page: Page) =>
  page.evaluate(() => {
    const root = document.documentElement
    const small = [...document.querySelectorAll('a, button, input, select, textarea')].filter((e) => {
      const { width: w, height: h } = e.getBoundingClientRect()
      const inline = e.matches('a') && getComputedStyle(e).display === 'inline' // in a sentence: WCAG 2.5.8 excepts it
      const labelled = e.closest('label') // which is what is touched
      const hidden = e.matches('.skip-link')
      return w > 0 && !inline && !labelled && !hidden && (w < 24 || h < 24)
    })
    return {
      sideways: root.scrollWidth - root.clientWidth,
      small: small.map((e) => e.outerHTML.slice(0, 80)),
    }
  })

for (const [whose, screens] of Object.entries({ visitors, organisers })) {
  test.describe(`of the screens of ${whose}`, () => {
    test.use({ organiser: whose === 'organisers' })
    for (const [name, open] of Object.entries(screens)) {
      test(`${name} is accessible in both schemes, and fits a phone`, async ({ page, world }) => {
        const event = await world.event()
        await open(page, world, event)
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          expect({ colorScheme, faults: await faults(page) }).toEqual({ colorScheme, faults: [] })
        }
        // At 200 % a window of 640 px has room for 320 px, which is the same to the page.
        for (const width of [320, 640]) {
          await page.setViewportSize({ width, height: 700 })
          await expect(async () => {
            expect({ width, ...(await crowded(page)) }).toEqual({ width, sideways: 0, small: [] })
          }).toPass({ timeout: 5000 }) // plots follow their width a moment later
        }
        await page.unrouteAll({ behavior: 'ignoreErrors' })
      })
    }
  })
}

test('4: words that are longer than a phone is wide are broken', async ({ page, world }) => {
  await page.setViewportSize({ width: 320, height: 700 })
  const event = await world.event({
    name: 'A long Event of Rinderkennzeichnungsfleischetikettierungsgesellschaften',
  })
  for (const screen of ['the list', 'an event', 'the last look before booking', 'a ticket', 'my bookings']) {
    await visitors[screen]?.(page, world, event)
    expect({ screen, ...(await crowded(page)) }).toEqual({ screen, sideways: 0, small: [] })
  }
})

test('13: the scheme follows the system', async ({ page }) => {
  await page.goto('/')
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await ground()
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await ground()).not.toBe(light)
})
