import { type BrowserContext, test as base, type Page } from '@playwright/test'
import { System } from './system'

export { expect } from '@playwright/test'

export type Event = { ID: string; Name: string; StartDate: number; EndDate: number; Version: number }

type Plan = {
  name: string
  seats: number | null
  start: number
  hours: number
  zone: string
  country: string
}

/** What tests do as others than the visitor: organisers, and other visitors. */
export class World {
  constructor(readonly system: System) {}

  /** Announces an event, in a week for two hours unless it is said otherwise, and waits until it can be booked. */
  async event(plan: Partial<Plan> = {}): Promise<Event> {
    const start = plan.start ?? Math.floor(Date.now() / 1000) + 7 * 86_400
    const name = plan.name ?? `Concert ${Math.random().toString(36).slice(2)}`
    const event = await this.system.api<Event>('POST', '/events', {
      Name: name,
      StartDate: start,
      EndDate: start + (plan.hours ?? 2) * 3600,
      Location: {
        Name: `${name} Hall`,
        Address: '1 Main Street',
        Country: plan.country ?? 'Germany',
        TimeZone: plan.zone ?? 'Europe/Berlin',
        Halls:
          plan.seats === null
            ? []
            : [{ name: 'Great Hall', location: 'First floor', capacity: plan.seats ?? 100 }],
      },
    })
    await this.settled(event.ID)
    return event
  }

  /** Waits until the booking service knows the event. */
  async settled(id: string): Promise<void> {
    await until(() => this.system.api('GET', `/events/${id}/availability`))
  }

  /** Books as another guest. */
  book(event: string, seats: number): Promise<{ ID: string; Ticket: string }> {
    return this.system.api('POST', `/events/${event}/bookings`, { seats })
  }

  /** How many seats are sold. */
  async sold(event: string): Promise<number> {
    return (await this.system.api<{ Booked: number }>('GET', `/events/${event}/availability`)).Booked
  }
}

/** Tries until it succeeds, for a while. */
export async function until<T>(f: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await f()
    } catch (error) {
      if (tries > 200) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

// What the browser says by itself of answers and connections; the app says nothing.
const browsersOwn = /^Failed to load resource|net::ERR_/

/** Fails the test for whatever a page says to the console, and for every uncaught error. */
function watch(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (!browsersOwn.test(message.text())) faults.push(`${message.type()}: ${message.text()}`)
  })
}

export const test = base.extend<
  { quiet: string[]; another: () => Promise<BrowserContext> },
  { world: World }
>({
  world: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
    async ({}, use) => {
      const system = new System()
      await system.start()
      await use(new World(system))
      await system.end()
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ world }, use) => use(world.system.url),
  quiet: [
    async ({ context }, use) => {
      const faults: string[] = []
      context.on('page', (page) => watch(page, faults))
      await use(faults)
      base.expect(faults).toEqual([])
    },
    { auto: true },
  ],
  another: async ({ browser, world, quiet }, use) => {
    const contexts: BrowserContext[] = []
    await use(async () => {
      const context = await browser.newContext({
        baseURL: world.system.url,
        locale: 'en-GB',
        timezoneId: 'Europe/Berlin',
      })
      context.on('page', (page) => watch(page, quiet))
      contexts.push(context)
      return context
    })
    for (const context of contexts) await context.close()
  },
})

/** Opens an event's last step before the booking. */
export async function review(page: Page, event: Event, seats = 2): Promise<void> {
  await page.goto(`/events/${event.ID}/book?seats=${seats}`)
  await page.getByRole('button', { name: /now$/ }).waitFor()
}
