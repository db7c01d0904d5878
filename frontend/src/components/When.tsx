import { useTranslation } from 'react-i18next'
import { sameClock, useFormat, visitorZone } from '@/lib/format'

/** When an event is, by the clock of its place, with the visitor's own where that is another. */
export function When({ start, end, zone }: { start: number; end: number; zone: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const own = visitorZone()
  return (
    <>
      <time dateTime={new Date(start * 1000).toISOString()}>{format.day(start, zone)}</time>
      <br />
      {format.span(start, end, zone)} <span className="small zone">{format.zone(start, zone)}</span>
      {!sameClock(start, zone, own) && (
        <>
          <br />
          <span className="small">
            {t('event.yours', { moment: format.moment(start, own), zone: format.zone(start, own) })}
          </span>
        </>
      )}
    </>
  )
}

/** Where an event is. */
export function Where({ place }: { place: { Name: string; Address: string; Country: string } }) {
  const address = [place.Address, place.Country].filter(Boolean).join(', ')
  return (
    <>
      {place.Name}
      {address && (
        <>
          <br />
          {address}
        </>
      )}
    </>
  )
}
