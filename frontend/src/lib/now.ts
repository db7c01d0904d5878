import { useEffect, useState } from 'react'

/** The moment in Unix seconds, anew every half minute: enough to see an event end. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now() / 1000)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), 30_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
