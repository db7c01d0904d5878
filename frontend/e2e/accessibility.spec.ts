import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { type Event, expect, review, test, type World } from './test'

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Every screen and state, and how to get there. */
const screens: Record<string, (page: Page, world: World, event: Event) => Promise<void>> = {
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
    await page.getByText('100 seats left').waitFor()
  },
  'an event that is sold out': async (page, world) => {
    const event = await world.event({ seats: 1 })
    await world.book(event.ID, 1)
    await page.goto(`/events/${event.ID}`)
    await page.getByText('Sold out').first().waitFor()
  },
  'an event that is cancelled': async (page, world) => {
    const event = await world.event()
    await world.system.api('DELETE', `/events/${event.ID}`)
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
  'a ticket': async (page, _, event) => {
    await review(page, event)
    await page.getByRole('button', { name: 'Book 2 seats now' }).click()
    await page.getByRole('heading', { name: /Thank you/ }).waitFor()
  },
  'the dialog that gives seats back': async (page, world, event) => {
    await screens['a ticket']?.(page, world, event)
    await page.getByRole('button', { name: 'Give seats back' }).click()
    await page.getByRole('dialog').waitFor()
  },
  'my bookings': async (page, world, event) => {
    await screens['a ticket']?.(page, world, event)
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
}

for (const scheme of ['light', 'dark'] as const) {
  test.describe(`1 and 13: in the ${scheme} scheme`, () => {
    test.use({ colorScheme: scheme })
    for (const [name, open] of Object.entries(screens)) {
      test(`${name} has no fault that axe finds`, async ({ page, world }) => {
        await open(page, world, await world.event())
        const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze()
        expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`)).toEqual([])
      })
    }
  })
}

test('13: the scheme follows the system', async ({ page }) => {
  await page.goto('/')
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await ground()
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await ground()).not.toBe(light)
})

for (const width of [320, 640]) {
  // At 200 % a window of 640 px has room for 320 px, which is the same to the page.
  test(`4: at ${width} px nothing has to be scrolled sideways, and what is touched is large enough`, async ({
    page,
    world,
  }) => {
    await page.setViewportSize({ width, height: 700 })
    const event = await world.event({
      name: `A rather long name for an Event of ${width} Wörterbuchverlagsgesellschaften`,
    })
    for (const [name, open] of Object.entries(screens)) {
      if (name === 'being offline') continue
      await page.context().clearCookies()
      await open(page, world, event)
      const found = await page.evaluate(() => {
        const root = document.documentElement
        const small = [...document.querySelectorAll('a, button, input, select')].filter((e) => {
          const { width: w, height: h } = e.getBoundingClientRect()
          const inline = e.matches('a') && getComputedStyle(e).display === 'inline' // in a sentence: WCAG 2.5.8 excepts it
          const hidden = e.matches('.skip-link')
          return w > 0 && !inline && !hidden && (w < 24 || h < 24)
        })
        return {
          sideways: root.scrollWidth - root.clientWidth,
          small: small.map((e) => e.outerHTML.slice(0, 80)),
        }
      })
      expect({ name, ...found }).toEqual({ name, sideways: 0, small: [] })
      await page.unrouteAll({ behavior: 'ignoreErrors' })
    }
  })
}
