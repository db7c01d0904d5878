import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '@/components/Dialog'
import { Alert } from '@/components/Note'
import { ApiError, statusOf } from '@/lib/api/error'
import { type Event, eventQuery } from '@/lib/api/events'
import { useFormat } from '@/lib/format'
import { useOnline } from '@/lib/online'
import { useWords } from '@/lib/words'
import { cancelEvent, taggedEventQuery } from '../api/events'
import type { Tagged } from '../api/tagged'

type Props = { event: Tagged<Event>; booked: number | undefined }

/** The button that cancels an event, and the dialog that says what becomes of its bookings first. */
export function CancelEvent({ event, booked }: Props) {
  const { t } = useTranslation('organise')
  const online = useOnline()
  const [open, setOpen] = useState(false)
  return (
    <section className="card-box stack" aria-labelledby="event-cancel">
      <h2 id="event-cancel">{t('cancel.title')}</h2>
      <p className="small soft">{t('cancel.hint')}</p>
      <button
        type="button"
        className="btn btn-outline-secondary"
        disabled={!online}
        onClick={() => setOpen(true)}
      >
        {t('cancel.open')}
      </button>
      <Ask event={event} booked={booked} open={open} close={() => setOpen(false)} />
    </section>
  )
}

function Ask({ event, booked, open, close }: Props & { open: boolean; close: () => void }) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  const words = useWords()
  const client = useQueryClient()
  const { ID, Name } = event.document
  const query = taggedEventQuery(ID)
  const mutation = useMutation({
    mutationFn: () => cancelEvent(ID, event.tag),
    retry: (failures, error) => failures < 2 && error instanceof ApiError && !error.definite,
    onSuccess: (cancelled) => {
      close()
      client.setQueryData(query.queryKey, cancelled)
      client.setQueryData(eventQuery(ID).queryKey, cancelled.document)
      void client.invalidateQueries({ queryKey: ['events', 'list'] })
      void client.invalidateQueries({ queryKey: ['statistics'] })
    },
    onError: (error) => {
      if (statusOf(error) === 412) void client.refetchQueries({ queryKey: query.queryKey })
    },
  })
  const changed = statusOf(mutation.error) === 412
  return (
    <Dialog
      show={open}
      title={t('cancel.ask', { name: Name })}
      keep={t('cancel.keep')}
      close={() => {
        mutation.reset()
        close()
      }}
      submit={() => {
        if (!mutation.isPending) mutation.mutate()
      }}
      confirm={
        <button type="submit" className="btn btn-danger" disabled={mutation.isPending}>
          {mutation.isPending ? t('save.sending') : t('cancel.confirm')}
        </button>
      }
    >
      <p>
        {booked === undefined
          ? t('cancel.unknown')
          : t('cancel.booked', { count: booked, n: format.number(booked) })}
      </p>
      <p>{t('cancel.forGood')}</p>
      {mutation.isError && (
        <Alert key={mutation.submittedAt} tone="bad" title={t('save.refused')}>
          <p>{changed ? t('cancel.changed') : words(mutation.error)}</p>
        </Alert>
      )}
    </Dialog>
  )
}
