import { type ReactNode, useEffect, useRef } from 'react'
import { Icon, type IconName } from './Icon'

type Tone = 'info' | 'good' | 'warn' | 'bad'

const icons: Record<Tone, IconName> = { info: 'info', good: 'check', warn: 'warning', bad: 'warning' }

/** Something to be known, with a title and, below it, what to do. */
export function Note(props: { tone: Tone; title: string; children?: ReactNode; className?: string }) {
  return (
    <div className={`note ${props.tone} ${props.className ?? ''}`}>
      <Icon name={icons[props.tone]} />
      <div>
        <strong>{props.title}</strong>
        {props.children}
      </div>
    </div>
  )
}

/** A note that has to be noticed now: it is read out, and has the focus. Give it a key that changes with its cause. */
export function Alert(props: { tone: Tone; title: string; children?: ReactNode }) {
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => ref.current?.focus(), [])
  return (
    <div role="alert" ref={ref} tabIndex={-1}>
      <Note {...props} />
    </div>
  )
}
