import { useEffect, useState } from 'react'
import { Icon } from './Icon'

/** How long somebody may pause while typing, in milliseconds. */
const pause = 250

/** A field to search by, which says what to look for when a word seems to be finished. */
export function SearchField(props: { label: string; value: string; change: (q: string) => void }) {
  const { label, value, change } = props
  const [text, setText] = useState(value)
  const [known, setKnown] = useState(value)
  if (value !== known) {
    // The address changed by other means, such as the way back: the field follows.
    setKnown(value)
    if (value !== text.trim()) setText(value)
  }
  useEffect(() => {
    if (text.trim() === value) return
    const timer = setTimeout(() => change(text.trim()), pause)
    return () => clearTimeout(timer)
  }, [text, value, change])
  return (
    <div className="search-field">
      <Icon name="search" />
      <input
        type="search"
        className="form-control"
        aria-label={label}
        placeholder={label}
        value={text}
        maxLength={200}
        onChange={(e) => setText(e.target.value)}
      />
    </div>
  )
}
