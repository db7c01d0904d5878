import { type ReactNode, useEffect, useRef } from 'react'
import { useLocation } from 'react-router'

/** What each screen is in: the main landmark, with the document's title and description. */
export function Page(props: {
  title: string
  description?: string
  className?: string
  children: ReactNode
}) {
  return (
    <main id="main" className={`page wrap ${props.className ?? ''}`} tabIndex={-1}>
      <title>{`${props.title} · MyEvents`}</title>
      {props.description && <meta name="description" content={props.description} />}
      {props.children}
    </main>
  )
}

/**
 * The heading of a screen. After a navigation it has the focus, so that whoever listens, or goes by keyboard, begins
 * where the screen begins; not so on the first load, where the browser begins at the top by itself.
 */
export function Heading({ children, className }: { children: ReactNode; className?: string }) {
  const ref = useRef<HTMLHeadingElement>(null)
  const { key } = useLocation()
  const arrived = useRef(key)
  useEffect(() => {
    if (arrived.current !== 'default') ref.current?.focus({ preventScroll: true })
  }, [])
  return (
    <h1 ref={ref} tabIndex={-1} className={className}>
      {children}
    </h1>
  )
}
