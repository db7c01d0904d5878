import { type BrowserContext, test as base, type Page } from '@playwright/test'
import { admin, System } from './system'

export { expect } from '@playwright/test'

export type Event = { ID: string; Name: string; StartDate: number; EndDate: number; Version: number }

export type Location = { ID: string; Name: string; Halls: { name: string; capacity: number }[] }

type Plan = {
  name: string
  seats: number | null
  start: number
  hours: number
  zone: string
  country: string
}

/** How long a token is used, in milliseconds: it is good for 15 minutes. */
const tokenAge = 10 * 60_000

/** What tests do as others than the visitor: organisers, and other visitors. */
export class World {
  private signedIn?: { at: number; token: Promise<string> }
  private made = 0

  constructor(readonly system: System) {}

  /** The admin's access token. It is kept, since signing in has a limit. */
  token(): Promise<string> {
    if (!this.signedIn || Date.now() - this.signedIn.at > tokenAge) {
      const session = this.system.api<{ token: string }>('POST', '/sessions', admin)
      this.signedIn = { at: Date.now(), token: session.then(({ token }) => token) }
    }
    return this.signedIn.token
  }

  /** Asks the API as the admin. */
  async organise<T>(method: string, route: string, body?: unknown): Promise<T> {
    return this.system.api(method, route, body, { Authorization: `Bearer ${await this.token()}` })
  }

  /** Makes a location with a hall. */
  location(name = `Pier ${++this.made + 1000}`, seats = 100): Promise<Location> {
    return this.organise('POST', '/locations', {
      Name: name,
      Address: '1 Main Street',
      Country: 'Germany',
      TimeZone: 'Europe/Berlin',
      Halls: [{ name: 'Great Hall', location: 'First floor', capacity: seats }],
    })
  }

  /**
   * Announces an event, in a week for two hours unless it is said otherwise, and waits until it can be booked. Each one
   * begins before those announced earlier, so that it is at the beginning of the list.
   */
  async event(plan: Partial<Plan> = {}): Promise<Event> {
    const n = ++this.made
    const start = plan.start ?? Math.floor(Date.now() / 60_000) * 60 + 7 * 86_400 - 120 * n
    const name = plan.name ?? `Night Ferry ${n + 1000}`
    const event = await this.organise<Event>('POST', '/events', {
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

  /** Cancels an event. */
  cancel(event: string): Promise<unknown> {
    return this.organise('DELETE', `/events/${event}`)
  }

  /** Changes some of an event. */
  async change(event: string, changes: object): Promise<unknown> {
    const now = await this.organise<object>('GET', `/events/${event}`)
    return this.organise('PUT', `/events/${event}`, { ...now, ...changes })
  }

  /** Books as another guest, or as whoever has this token. */
  book(event: string, seats: number, token?: string): Promise<{ ID: string; Ticket: string }> {
    const headers = token ? { Authorization: `Bearer ${token}` } : undefined
    return this.system.api('POST', `/events/${event}/bookings`, { seats }, headers)
  }

  /** Makes a customer's account and answers with a token of it. */
  async customer(name: string): Promise<string> {
    const input = { email: `${word()}@example.com`, password: `password ${word()}`, name }
    return (await this.system.api<{ token: string }>('POST', '/users', input)).token
  }

  /** How many seats are sold. */
  async sold(event: string): Promise<number> {
    return (await this.system.api<{ Booked: number }>('GET', `/events/${event}/availability`)).Booked
  }
}

const word = () => Math.random().toString(36).slice(2)

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

type Fixtures = {
  /** Whether the browser is an organiser's. */
  organiser: boolean
  quiet: string[]
  /** Makes another visitor's browser, or another organiser's. */
  another: (organiser?: boolean) => Promise<BrowserContext>
}

/** Makes a browser the organiser's. */
export const signIn = async (context: BrowserContext, world: World) =>
  context.addCookies([{ name: 'myevents_access', value: await world.token(), url: world.system.url }])

export const test = base.extend<Fixtures, { world: World }>({
  organiser: [false, { option: true }],
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
  context: async ({ context, world, organiser }, use) => {
    if (organiser) await signIn(context, world)
    await use(context)
  },
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
    await use(async (organiser = false) => {
      const context = await browser.newContext({
        baseURL: world.system.url,
        locale: 'en-GB',
        timezoneId: 'Europe/Berlin',
      })
      context.on('page', (page) => watch(page, quiet))
      contexts.push(context)
      if (organiser) await signIn(context, world)
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
