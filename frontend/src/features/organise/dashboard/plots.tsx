// The plots, apart from everything else, since what draws them is large.

import {
  Bar,
  BarChart,
  CartesianGrid,
  LabelList,
  type LabelProps,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import type { DaySold } from './figures'

const tick = { fill: 'var(--soft)', fontSize: 13 }
const animated = { isAnimationActive: false } // figures change live

const tooltip = {
  contentStyle: {
    background: 'var(--surface)',
    border: '1px solid var(--line)',
    borderRadius: 'var(--radius-s)',
    color: 'var(--ink)',
  },
  itemStyle: { color: 'var(--ink)' },
  cursor: { fill: 'var(--line)', opacity: 0.5 },
}

type SalesProps = {
  points: DaySold[]
  /** What the numbers are called. */
  seats: string
  day: (day: string) => string
  number: (n: number) => string
}

/** A bar per day. */
export function SalesPlot({ points, seats, day, number }: SalesProps) {
  return (
    <ResponsiveContainer width="100%" height={300}>
      <BarChart data={points} accessibilityLayer={false} margin={{ top: 8, right: 8, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="day"
          tickFormatter={day}
          tick={tick}
          tickLine={false}
          axisLine={{ stroke: 'var(--edge)' }}
          minTickGap={24}
        />
        <YAxis
          allowDecimals={false}
          tickFormatter={number}
          tick={tick}
          tickLine={false}
          axisLine={false}
          width={44}
        />
        <Tooltip
          {...tooltip}
          labelFormatter={(label) => day(String(label))}
          formatter={(n) => number(Number(n))}
        />
        <Bar dataKey="seats" name={seats} fill="var(--plot-1)" radius={[4, 4, 0, 0]} {...animated} />
      </BarChart>
    </ResponsiveContainer>
  )
}

/** How many characters of a name there is room for on a phone. */
const room = 36

const shorten = (name: string) => (name.length > room ? `${name.slice(0, room - 1).trimEnd()}…` : name)

/** How high a bar is with its name above it. */
const rowHeight = 52

type FillProps = {
  bars: { name: string; part: number; words: string }[]
  percent: (part: number) => string
  /** What the line at which all seats are booked is called. */
  all: string
}

/** A bar per event, up to the line at which all seats are booked, or beyond it. */
export function FillPlot({ bars, percent, all }: FillProps) {
  const widest = Math.max(1, ...bars.map((b) => b.part))
  const rows = bars.map((b, n) => ({ ...b, name: shorten(b.name), key: n })) // events may have the same name
  return (
    <ResponsiveContainer width="100%" height={64 + bars.length * rowHeight}>
      <BarChart
        data={rows}
        layout="vertical"
        accessibilityLayer={false}
        margin={{ top: 20, right: 52, bottom: 0, left: 2 }}
      >
        <XAxis
          type="number"
          domain={[0, widest]}
          ticks={[0, 0.25, 0.5, 0.75, 1]}
          tickFormatter={percent}
          tick={tick}
          tickLine={false}
          axisLine={false}
        />
        <YAxis
          type="category"
          dataKey="key"
          tick={false}
          tickLine={false}
          axisLine={{ stroke: 'var(--edge)' }}
          width={1}
        />
        <ReferenceLine
          x={1}
          stroke="var(--edge)"
          strokeDasharray="4 4"
          label={{ value: all, position: 'top', fill: 'var(--soft)', fontSize: 13 }}
        />
        {/* A bar of no length at all would have no name. */}
        <Bar
          dataKey="part"
          fill="var(--plot-2)"
          radius={[0, 4, 4, 0]}
          barSize={14}
          minPointSize={1}
          {...animated}
        >
          <LabelList dataKey="words" position="right" fill="var(--ink)" fontSize={13} fontWeight={650} />
          <LabelList dataKey="name" content={Name} />
        </Bar>
      </BarChart>
    </ResponsiveContainer>
  )
}

/** An event's name above its bar, which has all the width for it. */
function Name({ x, y, value }: LabelProps) {
  return (
    <text x={Number(x) + 4} y={Number(y) - 7} fill="var(--ink)" fontSize={13}>
      {value}
    </text>
  )
}
