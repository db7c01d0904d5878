import { useRef, useState } from 'react'
import { ApiError } from '@/lib/api/error'
import { newKey } from '@/lib/intent'

/** How it stands with what is to be saved. */
export type Saving =
  | { kind: 'idle' | 'sending' }
  /** Nobody knows whether it arrived: only the very same may be sent again. */
  | { kind: 'unsure'; error: unknown }
  | { kind: 'refused'; error: ApiError; tries: number }

/** The pauses before an unanswered try is repeated, in milliseconds. */
const pauses = [300, 1_200]

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function persist<T>(send: () => Promise<T>): Promise<T> {
  for (const wait of pauses) {
    try {
      return await send()
    } catch (error) {
      if (!(error instanceof ApiError) || error.definite) throw error
      await pause(wait)
    }
  }
  return send()
}

/**
 * Saves something, once: however often it is asked for, one request is under way at a time, and what was not answered
 * is repeated under the same key. done is called with the answer.
 */
export function useSave<Input, Output>(
  send: (input: Input, key: string) => Promise<Output>,
  done: (output: Output) => void,
) {
  const [state, setState] = useState<Saving>({ kind: 'idle' })
  const busy = useRef(false) // a click and the Enter key may both come before the next rendering
  const intent = useRef<{ input: Input; key: string }>(undefined)
  const tries = useRef(0)

  async function save(input: Input): Promise<void> {
    if (busy.current) return
    busy.current = true
    tries.current++
    setState({ kind: 'sending' })
    const current = intent.current ?? { input, key: newKey() }
    intent.current = current
    try {
      const output = await persist(() => send(current.input, current.key))
      intent.current = undefined
      setState({ kind: 'idle' })
      done(output)
    } catch (error) {
      if (error instanceof ApiError && error.definite) {
        intent.current = undefined
        setState({ kind: 'refused', error, tries: tries.current })
      } else {
        setState({ kind: 'unsure', error })
      }
    } finally {
      busy.current = false
    }
  }

  /** Sends again what nobody knows of whether it arrived. */
  const again = () => {
    if (intent.current) void save(intent.current.input)
  }
  const reset = () => setState({ kind: 'idle' })
  return { state, save, again, reset }
}
