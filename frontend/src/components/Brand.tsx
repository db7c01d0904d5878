/** The mark: a ticket stub with a seat's view of the stage. */
export function Brand() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        d="M3 6.5a2.5 2.5 0 0 1 2.5-2.5h21A2.5 2.5 0 0 1 29 6.5V12a4 4 0 0 0 0 8v5.5a2.5 2.5 0 0 1-2.5 2.5h-21A2.5 2.5 0 0 1 3 25.5V20a4 4 0 0 0 0-8Z"
        className="mark"
      />
      <path d="M9.5 22V11l6.5 7 6.5-7v11" className="letter" />
    </svg>
  )
}
