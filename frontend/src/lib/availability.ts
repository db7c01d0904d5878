// Live seats: one stream of server-sent events for whatever the page shows at the moment, none while nobody looks.

import { useEffect, useSyncExternalStore } from 'react'
import type { components } from './api/schema/bookings'
import { config } from './config'

export type Availability = components['schemas']['Availability']

/** How many events one stream may watch; the service refuses more. */
const most = 50
/** How long to gather changes of what is watched before the stream is opened anew, in milliseconds. */
const gather = 80
/** How long to wait before a broken stream is tried again, in milliseconds. */
const pauses = [500, 1_000, 2_000, 5_000, 10_000]

class Live {
  private known = new Map<string, Availability>()
  private watched = new Map<string, number>()
  private listeners = new Set<() => void>()
  private stream?: EventSource
  private streamed = ''
  private timer?: ReturnType<typeof setTimeout>
  private failures = 0
  private news = 0

  constructor() {
    document.addEventListener('visibilitychange', () => this.plan(0))
    window.addEventListener('online', () => this.plan(0))
  }

  /** A number that changes whenever a figure does. */
  revision = (): number => this.news

  get = (eventID: string): Availability | undefined => this.known.get(eventID)

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Takes figures in; older ones than are known change nothing. */
  take = (news: Availability): void => {
    const before = this.known.get(news.EventID)
    if (before && before.Sequence >= news.Sequence) return
    this.known.set(news.EventID, news)
    this.news++
    for (const listener of this.listeners) listener()
  }

  watch = (eventID: string): (() => void) => {
    this.watched.set(eventID, (this.watched.get(eventID) ?? 0) + 1)
    this.plan(gather)
    return () => {
      const left = (this.watched.get(eventID) ?? 1) - 1
      if (left > 0) this.watched.set(eventID, left)
      else this.watched.delete(eventID)
      this.plan(gather)
    }
  }

  private plan(wait: number): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.connect(), wait)
  }

  private connect(): void {
    const wanted = document.hidden ? [] : [...this.watched.keys()].slice(-most).sort()
    const query = wanted.map((id) => `event=${id}`).join('&')
    if (query === this.streamed && this.stream?.readyState !== EventSource.CLOSED) return
    this.stream?.close()
    this.stream = undefined
    this.streamed = query
    if (query) this.open(query)
  }

  private open(query: string): void {
    const stream = new EventSource(`${config().bookings}/availability/stream?${query}`, {
      withCredentials: true,
    })
    this.stream = stream
    stream.onmessage = (message: MessageEvent<string>) => {
      this.failures = 0
      this.take(JSON.parse(message.data) as Availability)
    }
    stream.onerror = () => {
      stream.close() // the browser's own retry gives up for good after an answer that is no stream
      this.plan(pauses[Math.min(this.failures++, pauses.length - 1)] ?? 0)
    }
  }
}

const live = new Live()

/** Tells the live figures what another answer has said, such as that of a booking that was refused. */
export const learnAvailability = live.take

/** The seats of an event, live while the page is visible; undefined until they are known. */
export function useAvailability(eventID: string, watch = true): Availability | undefined {
  useEffect(() => (watch ? live.watch(eventID) : undefined), [eventID, watch])
  return useSyncExternalStore(live.subscribe, () => live.get(eventID))
}

/** The seats of several events, live as those of one; of more than a stream may watch, some are not. */
export function useAvailabilities(eventIDs: string[]): (eventID: string) => Availability | undefined {
  const watched = eventIDs.join()
  useEffect(() => {
    const stops = watched.split(',').filter(Boolean).map(live.watch)
    return () => {
      for (const stop of stops) stop()
    }
  }, [watched])
  useSyncExternalStore(live.subscribe, live.revision)
  return live.get
}
