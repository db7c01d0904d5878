import { memo } from 'react'
import { height, motifs, width } from './motifs'
import { randomOf } from './random'

// A ground, and four colours that hold against it and each other, the boldest first.
const palettes = [
  ['#17324d', '#ff6b4a', '#f7c66b', '#2f6f8f', '#f4ead7'],
  ['#f6e3c8', '#d9391f', '#1f3b57', '#e99b3c', '#7a9e8c'],
  ['#3a1d47', '#ffb84d', '#e6537a', '#7b4ea3', '#f7dfe3'],
  ['#0f4038', '#f6c445', '#ef7d57', '#2e7d64', '#e9efd9'],
  ['#ffd9c7', '#b3243b', '#f2784b', '#4b2142', '#f4b183'],
  ['#1d2140', '#7fd1c7', '#f06e9c', '#4a55a8', '#f3efe2'],
  ['#e8efe9', '#1f7a6a', '#f2a541', '#d1495b', '#254e70'],
  ['#5a1a2b', '#ffcf7d', '#f0673e', '#97323f', '#f8e7d2'],
  ['#dcebf5', '#23518f', '#f26b5e', '#f5c251', '#5f9ac2'],
  ['#20301f', '#d9e76c', '#7fae53', '#f28c52', '#f1efdc'],
] as const

/**
 * The picture of an event, always the same for the same seed. It says nothing that the text does not, so it is hidden
 * from those who listen.
 */
export const Artwork = memo(function Artwork({ seed, className }: { seed: string; className?: string }) {
  const random = randomOf(seed)
  const [ground, ...colours] = random.pick(palettes)
  const draw = random.pick(motifs)
  return (
    <svg
      className={className}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
      focusable="false"
    >
      <rect width={width} height={height} fill={ground} />
      {draw(random, colours)}
    </svg>
  )
})
