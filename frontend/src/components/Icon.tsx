// Line icons of one hand, on a grid of 24.

const paths = {
  calendar: 'M4 6.5h16v13H4zM4 10.5h16M8.5 3.5v5M15.5 3.5v5',
  pin: 'M12 21s6.5-6.2 6.5-11A6.5 6.5 0 0 0 5.5 10c0 4.8 6.5 11 6.5 11ZM12 12.2a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6Z',
  clock: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 7.5V12l3 2',
  seat: 'M7 4.5v8h10v-8M4.5 10v6.5h15V10M7 16.5v3M17 16.5v3',
  ticket: 'M3.5 8V6h17v2a4 4 0 0 0 0 8v2h-17v-2a4 4 0 0 0 0-8ZM14 6v2.5M14 10.8v2.4M14 15.5V18',
  spark: 'M12 3.5v5M12 15.5v5M3.5 12h5M15.5 12h5M6 6l3.2 3.2M14.8 14.8 18 18M18 6l-3.2 3.2M9.2 14.8 6 18',
  chart: 'M4 20h16M7 16.5v-5M12 16.5v-10M17 16.5v-7',
  person: 'M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.6-4 3.6-6 7.5-6s6.9 2 7.5 6',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.3 15.3 20.5 20.5',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  check: 'M4.5 12.5l5 5 10-11',
  warning: 'M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.3',
  info: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 11v5.5M12 7.7v.3',
  share: 'M12 15V4M8 7.5 12 3.5l4 4M5 12v8h14v-8',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  print: 'M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z',
  download: 'M12 4v11M8 11.5l4 4 4-4M5 20h14',
  right: 'M9 5l7 7-7 7',
  left: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6 6 18',
  offline:
    'M3 3l18 18M5 12.5c1-1 2.3-1.8 3.7-2.3M12.5 9.5c2.5.2 4.7 1.3 6.5 3M8.5 16a5.5 5.5 0 0 1 5.2-1.3M12 19v.3',
  globe:
    'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM3.5 12h17M12 3.5c2.5 2.5 3.5 5.3 3.5 8.5s-1 6-3.5 8.5c-2.5-2.5-3.5-5.3-3.5-8.5s1-6 3.5-8.5Z',
} as const

export type IconName = keyof typeof paths

/** An icon beside words, which say it all: it is hidden from those who listen. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
