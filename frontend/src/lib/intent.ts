// A booking that a visitor means to make. Its key goes with every try, so that however often it is sent, and whatever
// becomes of the answers, there is one booking at most. It outlives a reload of the page.

const name = (eventID: string) => `myevents.intent.${eventID}`

export type Intent = {
  /** The Idempotency-Key. */
  key: string
  seats: number
  /** Whether it was sent without a definite answer so far: then the number of seats must stay as it is. */
  sent: boolean
}

function read(eventID: string): Intent | undefined {
  try {
    const found = JSON.parse(sessionStorage.getItem(name(eventID)) ?? '') as Partial<Intent>
    if (typeof found.key === 'string' && Number.isInteger(found.seats)) {
      return { key: found.key, seats: Number(found.seats), sent: found.sent === true }
    }
  } catch {
    // Nothing was stored, or nothing that can be read: a new intent.
  }
  return undefined
}

/** A new Idempotency-Key. randomUUID exists only where the page came by HTTPS, or from this machine. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')

const write = (eventID: string, intent: Intent): Intent => {
  sessionStorage.setItem(name(eventID), JSON.stringify(intent))
  return intent
}

/** The intent that was not finished, if there is one. */
export const openIntent = read

/** What is meant to be booked: the intent at hand while it is under way, else one for this many seats. */
export function intend(eventID: string, seats: number): Intent {
  const open = read(eventID)
  if (open?.sent) return open
  return write(eventID, { key: open?.key ?? newKey(), seats, sent: false })
}

/** Notes that the intent is on its way. */
export const intentSent = (eventID: string, intent: Intent): Intent =>
  write(eventID, { ...intent, sent: true })

/** Ends the intent: there was a definite answer. The next one has another key. */
export const intentDone = (eventID: string): void => sessionStorage.removeItem(name(eventID))
