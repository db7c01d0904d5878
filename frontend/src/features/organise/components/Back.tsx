import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Icon } from '@/components/Icon'

/** The way up to the screen that one came from. */
export function Back({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link className="back" to={to}>
      <Icon name="left" />
      {children}
    </Link>
  )
}
