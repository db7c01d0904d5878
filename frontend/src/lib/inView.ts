import { type RefObject, useEffect, useState } from 'react'

/** Whether an element is, or is about to be, in view: only those are watched live. */
export function useInView(ref: RefObject<HTMLElement | null>): boolean {
  const [inView, setInView] = useState(false)
  useEffect(() => {
    if (!ref.current) return
    const observer = new IntersectionObserver(([entry]) => setInView(entry?.isIntersecting ?? false), {
      rootMargin: '150px',
    })
    observer.observe(ref.current)
    return () => observer.disconnect()
  }, [ref])
  return inView
}
