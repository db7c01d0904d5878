import type { ReactNode } from 'react'
import type { Random } from './random'

/** The size of every picture, in its own units; it is cut to the shape of the place where it is shown. */
export const width = 480
export const height = 300

/** A motif draws on a ground with four colours, of which the first stands out most. */
type Motif = (r: Random, colours: string[]) => ReactNode

const colour = (colours: string[], n: number): string => colours[n % colours.length] ?? ''

/** Layers of long waves under a sun. */
const waves: Motif = (r, colours) => {
  const sun = { x: r.between(90, 390), y: r.between(60, 120), size: r.between(38, 70) }
  const layers = Array.from({ length: 5 }, (_, n) => {
    const top = 110 + n * 38
    const swing = r.between(14, 34)
    const bend = r.between(90, 170)
    const start = r.between(-160, 0)
    let path = `M${start} ${top}`
    for (let x = start, up = 1; x < width + bend; x += bend, up = -up) {
      path += ` q${bend / 2} ${up * swing} ${bend} 0`
    }
    return <path key={n} d={`${path} V${height + 40} H${start} Z`} fill={colour(colours, n + 1)} />
  })
  return (
    <>
      <circle cx={sun.x} cy={sun.y} r={sun.size} fill={colour(colours, 0)} />
      {layers}
    </>
  )
}

/** A mosaic of quarters, discs and triangles. */
const mosaic: Motif = (r, colours) => {
  const size = 60
  const tiles: ReactNode[] = []
  for (let y = 0; y < height; y += size) {
    for (let x = 0; x < width; x += size) {
      const fill = colour(colours, Math.floor(r.next() * 4))
      const turn = `rotate(${Math.floor(r.next() * 4) * 90} ${x + size / 2} ${y + size / 2})`
      const kind = r.next()
      const key = `${x}-${y}`
      if (kind < 0.5) {
        const d = `M${x} ${y} h${size} a${size} ${size} 0 0 1 ${-size} ${size} Z`
        tiles.push(<path key={key} d={d} fill={fill} transform={turn} />)
      } else if (kind < 0.66) {
        tiles.push(<circle key={key} cx={x + size / 2} cy={y + size / 2} r={size / 2.6} fill={fill} />)
      } else if (kind < 0.86) {
        tiles.push(<path key={key} d={`M${x} ${y} h${size} v${size} Z`} fill={fill} transform={turn} />)
      }
    }
  }
  return tiles
}

/** Beams from one point, as of a lamp. */
const beams: Motif = (r, colours) => {
  const at = { x: r.between(120, 360), y: r.pick([height + 10, height * 0.62]) }
  const count = 22
  const rays = Array.from({ length: count }, (_, n) => {
    const from = (n / count) * 2 * Math.PI
    const to = ((n + 0.5) / count) * 2 * Math.PI
    const point = (a: number) => `${at.x + 700 * Math.cos(a)} ${at.y + 700 * Math.sin(a)}`
    return (
      <path
        key={n}
        d={`M${at.x} ${at.y} L${point(from)} L${point(to)} Z`}
        fill={colour(colours, 1 + (n % 2))}
      />
    )
  })
  return (
    <>
      {rays}
      <circle cx={at.x} cy={at.y} r={118} fill={colour(colours, 3)} />
      <circle cx={at.x} cy={at.y} r={78} fill={colour(colours, 0)} />
    </>
  )
}

/** Nested arches side by side. */
const arches: Motif = (r, colours) => {
  const columns = r.pick([3, 4])
  const wide = width / columns
  return Array.from({ length: columns }, (_, n) => {
    const top = r.between(40, 150)
    const order = r.shuffle([0, 1, 2, 3])
    return order.map((c, ring) => {
      const half = wide / 2 - ring * (wide / 9)
      const x = n * wide + wide / 2
      const d = `M${x - half} ${height} V${top + wide / 2} a${half} ${half} 0 0 1 ${2 * half} 0 V${height} Z`
      return <path key={`${n}-${ring}`} d={d} fill={colour(colours, c)} />
    })
  })
}

/** The bars of a sound. */
const sound: Motif = (r, colours) => {
  const step = 24
  const phase = r.between(0, 6)
  const pace = r.between(0.35, 0.6)
  return Array.from({ length: width / step }, (_, n) => {
    const swell = Math.abs(Math.sin(n * pace + phase)) * 0.7 + r.next() * 0.3
    const long = 30 + swell * 210
    return (
      <rect
        key={n}
        x={n * step + 4}
        y={(height - long) / 2}
        width={step - 8}
        height={long}
        rx={(step - 8) / 2}
        fill={colour(colours, Math.floor(r.next() * 4))}
      />
    )
  })
}

/** A raster of dots that grow towards one place. */
const raster: Motif = (r, colours) => {
  const step = 30
  const focus = { x: r.between(80, 400), y: r.between(40, 260) }
  const dots: ReactNode[] = []
  for (let y = step / 2; y < height; y += step) {
    for (let x = step / 2; x < width; x += step) {
      const near = Math.max(0, 1 - Math.hypot(x - focus.x, y - focus.y) / 330)
      const fill = colour(colours, near > 0.62 ? 0 : near > 0.35 ? 1 : 2)
      dots.push(<circle key={`${x}-${y}`} cx={x} cy={y} r={2.5 + near * 13} fill={fill} />)
    }
  }
  return dots
}

/** Slips of paper in the air. */
const confetti: Motif = (r, colours) => {
  const slips = Array.from({ length: 26 }, (_, n) => {
    const x = (n % 7) * 74 + r.between(-10, 30)
    const y = Math.floor(n / 7) * 80 + r.between(-10, 30)
    const long = r.between(34, 84)
    return (
      <rect
        key={n}
        x={x}
        y={y}
        width={long}
        height={18}
        rx={r.pick([0, 9])}
        fill={colour(colours, n)}
        transform={`rotate(${r.between(-60, 60)} ${x + long / 2} ${y + 9})`}
      />
    )
  })
  return slips
}

/** Discs that overlap, as lights of a stage. */
const lights: Motif = (r, colours) => {
  const discs = [0, 1, 2, 3].map((n) => (
    <circle
      key={n}
      cx={60 + n * 120 + r.between(-30, 30)}
      cy={r.between(80, 220)}
      r={r.between(80, 130)}
      fill={colour(colours, n)}
      opacity={0.86}
    />
  ))
  return (
    <>
      {discs}
      <path d={`M0 ${height} V${height - 26} H${width} V${height} Z`} fill={colour(colours, 3)} />
    </>
  )
}

export const motifs: readonly Motif[] = [waves, mosaic, beams, arches, sound, raster, confetti, lights]
