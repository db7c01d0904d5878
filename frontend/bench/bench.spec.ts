import type { Page } from '@playwright/test'
import { countScripts } from '../e2e/scripts'
import { System } from '../e2e/system'
import { type Event, expect, review, test, until, World } from '../e2e/test'
import { figuresOf } from './lighthouse'
import { median, ms, note, print } from './table'

declare global {
  interface Window {
    /** When what is waited for was there, in ms since the page began to load. */
    there?: number
    clicked?: number
    /** The longest task so far, in ms. */
    longest: number
  }
}

test.afterAll(print)

const many = 10_000

/** Notes when the first element of a kind is there, from the beginning of every page on. */
const watchFor = (page: Page, selector: string) =>
  page.addInitScript((s) => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector(s)) return
      observer.disconnect()
      requestAnimationFrame(() => {
        window.there = performance.now()
      })
    }).observe(document, { childList: true, subtree: true })
  }, selector)

const there = (page: Page) =>
  page.waitForFunction(() => window.there).then((h) => h.jsonValue() as Promise<number>)

test('what Lighthouse says', async ({ launchOptions }) => {
  const system = new System()
  await system.start(['-demo=true'])
  const [event] = await until(async () => {
    const events = await system.api<Event[]>('GET', '/events')
    if (events.length < 12) throw new Error('not all of the sample events are there')
    return events
  })
  for (const [name, path] of [
    ['list', '/'],
    ['event', `/events/${event?.ID}`],
  ]) {
    const f = await figuresOf(system.url + path, launchOptions)
    const of = (what: string) => `Lighthouse, mobile, ${name}: ${what}`
    note(of('performance'), f.performance.toFixed(), '≥ 95')
    note(of('accessibility'), f.accessibility.toFixed(), '100')
    note(of('best practices'), f['best-practices'].toFixed(), '100')
    note(of('SEO'), f.seo.toFixed(), '≥ 95')
    note(of('largest contentful paint'), ms(f['largest-contentful-paint']), '')
    note(of('layout shift'), f['cumulative-layout-shift'].toFixed(3), '< 0.1')
    note(of('total blocking time'), ms(f['total-blocking-time']), '')
  }
  await system.end()
})

test('from the click on “book” to the ticket', async ({ page, world }) => {
  const event = await world.event()
  const times: number[] = []
  await watchFor(page, '.ticket')
  for (let n = 0; n < 5; n++) {
    await review(page, event)
    await page.evaluate(() => {
      document.addEventListener('click', () => (window.clicked = performance.now()), { capture: true })
    })
    await page.getByRole('button', { name: 'Book 2 seats now' }).click()
    times.push((await there(page)) - (await page.evaluate(() => window.clicked ?? Number.NaN)))
  }
  note('from the click on “book” to the ticket', ms(median(times)), '< 300 ms')
})

test('the first load of the list', async ({ page, world }) => {
  const event = await world.event()
  const scripts = countScripts(page)
  await page.goto('/')
  await page.getByRole('link', { name: event.Name }).waitFor()
  await page.waitForLoadState('networkidle')
  note(
    'JavaScript of the first load of the list, gzip',
    `${((await scripts()) / 1000).toFixed(1)} kB`,
    '≤ 150 kB',
  )
})

/** Announces very many events, at one place. */
async function announceMany(world: World): Promise<void> {
  const place = await world.location()
  const start = Math.floor(Date.now() / 1000) + 86_400
  let next = 0
  const announce = async () => {
    for (let n = next++; n < many; n = next++) {
      const StartDate = start + n * 600
      await world.organise('POST', '/events', {
        Name: `Event ${n}`,
        StartDate,
        EndDate: StartDate + 600,
        Location: { ID: place.ID },
      })
    }
  }
  await Promise.all(Array.from({ length: 32 }, announce))
}

test(`a list of ${many} events`, async ({ page }) => {
  const system = new System()
  await system.start([], { LIMIT_PER_USER: '0' }) // one organiser announces them all
  await announceMany(new World(system))
  await watchFor(page, '.event-card a')
  const times: number[] = []
  for (let n = 0; n < 5; n++) {
    await page.goto(system.url)
    times.push(await there(page))
  }
  note('10,000 events: from the address to the first card', ms(median(times)), '')

  await page.evaluate(() => {
    window.longest = 0
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration)
    }).observe({ type: 'longtask' })
  })
  const cards = page.getByRole('article')
  for (let n = 0; n < 10; n++) {
    const before = await cards.count()
    await page.getByRole('button', { name: 'Show more' }).click()
    await expect(async () => expect(await cards.count()).toBeGreaterThan(before)).toPass()
  }
  await page.waitForTimeout(500) // tasks are told of after they have ended
  const longest = await page.evaluate(() => window.longest)
  note('10,000 events: the longest task while ten more pages are shown', ms(longest), '≤ 200 ms')
  await system.end()
})
