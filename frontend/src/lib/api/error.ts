import type { components } from './schema/bookings'

export type Problem = components['schemas']['Problem']

/** Why a call has no good answer: nobody could be reached, nobody answered in time, or the answer was an error. */
export type Fault = 'network' | 'timeout' | 'answer'

/** ApiError is the only error that calls of the API end with, besides the browser's AbortError. */
export class ApiError extends Error {
  constructor(
    readonly fault: Fault,
    /** The HTTP status, 0 where there was no answer. */
    readonly status = 0,
    /** The answer's body (RFC 9457), where it had one. */
    readonly problem?: Problem,
  ) {
    super(problem?.detail ?? `${fault} ${status}`)
    this.name = 'ApiError'
  }

  /** Whether it makes sense to ask again: the fault is not in the request. */
  get transient(): boolean {
    return this.fault !== 'answer' || this.status >= 500 || this.status === 429
  }

  /** Whether the request has certainly changed nothing and never will. */
  get definite(): boolean {
    return this.fault === 'answer' && this.status < 500
  }
}

/** The status of an error of a call, 0 for anything else. */
export const statusOf = (error: unknown): number => (error instanceof ApiError ? error.status : 0)
