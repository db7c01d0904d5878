import { useLocation } from 'react-router'
import { Note } from '@/components/Note'

/** Says of what was made a moment ago that it was. */
export function Made({ words }: { words: string }) {
  const made = (useLocation().state as { made?: boolean } | null)?.made === true
  return (
    <div role="status" className="made">
      {made && <Note tone="good" title={words} />}
    </div>
  )
}
