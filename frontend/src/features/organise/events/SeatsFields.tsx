import { useFormContext, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { Note } from '@/components/Note'
import { useFormat } from '@/lib/format'
import { capacityOf, overBy, sameHalls } from '../capacity'
import { HallsFields } from '../components/HallsFields'
import { hallValues } from '../fields'
import { useFaults } from '../useFaults'
import { chosenHalls, type EventValues, type Known, newPlace, placeHalls, type Seats } from './form'

/** How many seats an event has: those of its location's halls, of halls of its own, or no end of them. */
export function SeatsFields({ known, booked }: { known: Known; booked: number | undefined }) {
  const { t } = useTranslation('organise')
  const faults = useFaults()
  const { formState, getValues, setValue } = useFormContext<EventValues>()
  const [place, seats, halls] = useWatch<EventValues, ['place', 'seats', 'halls']>({
    name: ['place', 'seats', 'halls'],
  })
  const fault = faults(formState.errors.seats)
  const offered = placeHalls(known, place)
  const lost = overBy(capacityOf(chosenHalls(known, { place, seats, halls })), booked ?? 0)
  const format = useFormat()

  /** Halls of one's own are mostly those of the location with something changed. */
  function beginOwn() {
    if (getValues('seats') === 'own' && getValues('halls').length === 0) {
      setValue('halls', hallValues(offered ?? []), { shouldDirty: true })
    }
  }
  return (
    <section className="card-box stack">
      <h2 id="event-seats">{t('event.seats')}</h2>
      <div
        role="radiogroup"
        className="stack options"
        aria-labelledby="event-seats"
        aria-describedby={fault ? 'event-seats-fault' : undefined}
      >
        <LocationOption place={place} halls={offered} />
        <Option value="own" title={t('seats.own')} text={t('seats.ownHint')} chosen={beginOwn} />
        <Option value="none" title={t('seats.none')} text={t('seats.noneHint')} />
      </div>
      {fault && (
        <p className="fault" id="event-seats-fault">
          {fault}
        </p>
      )}
      {seats === 'own' && <Own known={known} place={place} />}
      {seats === 'own' && place === newPlace && <p className="soft">{t('seats.forNewPlace')}</p>}
      {lost > 0 && (
        <div role="status">
          <Note tone="warn" title={t('seats.over', { count: lost, n: format.number(lost) })}>
            <p>{t('seats.overHint')}</p>
          </Note>
        </div>
      )}
    </section>
  )
}

function LocationOption({ place, halls }: { place: string; halls: { capacity: number }[] | undefined }) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  const seats = halls && capacityOf(halls)
  const about = () => {
    if (place === newPlace) return t('seats.locationNew')
    if (!halls) return t('seats.locationUnknown')
    if (seats === null || seats === undefined) return t('seats.locationOpen')
    return t('seats.locationHas', {
      halls: t('locations.halls', { count: halls.length, n: format.number(halls.length) }),
      seats: t('locations.seats', { count: seats, n: format.number(seats) }),
    })
  }
  return <Option value="location" title={t('seats.location')} text={about()} disabled={place === newPlace} />
}

type OptionProps = { value: Seats; title: string; text: string; disabled?: boolean; chosen?: () => void }

function Option({ value, title, text, disabled, chosen }: OptionProps) {
  const { register } = useFormContext<EventValues>()
  return (
    <label className="option">
      {/* register's own `disabled` would take the value out of the form. */}
      <input type="radio" value={value} {...register('seats', { onChange: chosen })} disabled={disabled} />
      <span>
        <strong>{title}</strong>
        <span className="small soft">{text}</span>
      </span>
    </label>
  )
}

/** The event's own halls, and the offer to take those that the location has by now. */
function Own({ known, place }: { known: Known; place: string }) {
  const { t } = useTranslation('organise')
  const { setValue } = useFormContext<EventValues>()
  const { before } = known
  const offered = placeHalls(known, place)
  const other = before?.Location.ID === place && offered && !sameHalls(offered, before.Location.Halls)
  return (
    <>
      {other && (
        <Note tone="info" title={t('seats.changed')}>
          <p>{t('seats.changedHint')}</p>
          <button
            type="button"
            className="btn btn-outline-secondary"
            onClick={() => {
              setValue('seats', 'location', { shouldDirty: true, shouldValidate: true })
              setValue('halls', hallValues(offered), { shouldDirty: true })
            }}
          >
            {t('seats.adopt')}
          </button>
        </Note>
      )}
      <HallsFields />
    </>
  )
}
