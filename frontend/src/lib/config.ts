// Where the services are, read once at the start: config.json is written by whoever serves the app, so that one build
// fits every place.

export type Config = {
  /** Base address of the event service's API. */
  events: string
  /** Base address of the booking service's API. */
  bookings: string
  /** Whether everybody may organise, since the services know no accounts (auth=open). */
  open: boolean
}

const gateway: Config = { events: '/api', bookings: '/api', open: false }

let current = gateway

/** The addresses that loadConfig has found; before it, or where it found none, those of the gateway. */
export const config = (): Config => current

/** Reads config.json. Without it, or with what cannot be read, the gateway on the app's own origin is used. */
export async function loadConfig(): Promise<void> {
  try {
    // As index.html preloads it: with other settings the browser would ask a second time.
    const answer = await fetch('/config.json', { mode: 'cors', credentials: 'same-origin' })
    const found = (await answer.json()) as { events?: string; bookings?: string; auth?: string }
    current = {
      events: found.events?.replace(/\/$/, '') || gateway.events,
      bookings: found.bookings?.replace(/\/$/, '') || gateway.bookings,
      open: found.auth === 'open',
    }
  } catch {
    current = gateway
  }
}
