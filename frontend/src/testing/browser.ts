import { vi } from 'vitest'

/** A stream of server-sent events that tests drive. */
export class FakeEventSource extends EventTarget {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSED = 2
  static all: FakeEventSource[] = []

  readyState = FakeEventSource.OPEN
  onmessage?: (e: MessageEvent<string>) => void
  onerror?: () => void

  constructor(readonly url: string) {
    super()
    FakeEventSource.all.push(this)
  }

  static get open(): FakeEventSource[] {
    return FakeEventSource.all.filter((s) => s.readyState === FakeEventSource.OPEN)
  }

  send(data: unknown): void {
    this.onmessage?.(new MessageEvent('message', { data: JSON.stringify(data) }))
  }

  fail(): void {
    this.onerror?.()
  }

  close(): void {
    this.readyState = FakeEventSource.CLOSED
  }
}

/** Puts in what jsdom lacks. */
export function standIns(): void {
  vi.stubGlobal('EventSource', FakeEventSource)
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(private readonly seen: (entries: { isIntersecting: boolean }[]) => void) {}
      observe() {
        this.seen([{ isIntersecting: true }])
      }
      disconnect() {}
    },
  )
  window.scrollTo = () => undefined
  Object.defineProperty(navigator, 'languages', { value: ['en-GB', 'de-DE'] })
}

/** Makes the page hidden or visible. */
export function setHidden(hidden: boolean): void {
  Object.defineProperty(document, 'hidden', { configurable: true, value: hidden })
  document.dispatchEvent(new Event('visibilitychange'))
}

/** Takes the connection away, or gives it back. */
export function setOnline(online: boolean): void {
  Object.defineProperty(navigator, 'onLine', { configurable: true, value: online })
  window.dispatchEvent(new Event(online ? 'online' : 'offline'))
}
