import { useTranslation } from 'react-i18next'
import { Dialog } from '@/components/Dialog'
import { Note } from '@/components/Note'
import { useFormat } from '@/lib/format'
import type { Concern } from './concerns'

/** Says what is to be known before an event is saved, which is up to the organiser. */
export function ConcernsDialog(props: { concerns: Concern[]; close: () => void; save: () => void }) {
  const { t } = useTranslation('organise')
  return (
    <Dialog
      show={props.concerns.length > 0}
      title={t('concern.title')}
      keep={t('concern.back')}
      close={props.close}
      submit={props.save}
      confirm={
        <button type="submit" className="btn btn-primary">
          {t('concern.save')}
        </button>
      }
    >
      {props.concerns.map((concern) => (
        <About key={concern.kind === 'duplicate' ? concern.like.event.ID : concern.kind} concern={concern} />
      ))}
    </Dialog>
  )
}

function About({ concern }: { concern: Concern }) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  switch (concern.kind) {
    case 'duplicate':
      return <Duplicate like={concern.like} />
    case 'past':
      return <Plain title={t('concern.past')} text={t('concern.pastHint')} />
    case 'over':
      if (concern.booked === undefined) {
        return <Plain title={t('concern.lower')} text={`${t('concern.unknown')} ${t('seats.overHint')}`} />
      }
      return (
        <Plain
          title={t('seats.over', { count: concern.by, n: format.number(concern.by ?? 0) })}
          text={`${t('concern.over', {
            count: concern.booked,
            n: format.number(concern.booked),
            all: format.number(concern.capacity),
          })} ${t('seats.overHint')}`}
        />
      )
    case 'moved':
      return (
        <Plain
          title={
            concern.booked === undefined
              ? t('concern.movedSome')
              : t('concern.moved', { count: concern.booked, n: format.number(concern.booked) })
          }
          text={t('concern.movedHint')}
        />
      )
  }
}

function Plain({ title, text }: { title: string; text: string }) {
  return (
    <Note tone="warn" title={title}>
      <p>{text}</p>
    </Note>
  )
}

function Duplicate({ like: { event, why } }: { like: Extract<Concern, { kind: 'duplicate' }>['like'] }) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  const zone = event.Location.TimeZone
  return (
    <Note tone="warn" title={t(`concern.same.${why}`)}>
      <p>
        <a href={`/organise/events/${event.ID}`} target="_blank" rel="noreferrer">
          {event.Name}
        </a>
        {`, ${format.day(event.StartDate, zone)}, ${format.span(event.StartDate, event.EndDate, zone)}, ${event.Location.Name}`}
      </p>
    </Note>
  )
}
