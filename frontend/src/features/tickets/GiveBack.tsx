import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import Modal from 'react-bootstrap/Modal'
import { useTranslation } from 'react-i18next'
import { Alert } from '@/components/Note'
import { type Booking, bookingQuery, keepSeats } from '@/lib/api/bookings'
import { ApiError } from '@/lib/api/error'
import { useFormat } from '@/lib/format'
import { useOnline } from '@/lib/online'
import { useWords } from '@/lib/words'

/** The button that gives seats back, and the dialog that asks how many. */
export function GiveBack({ booking, done }: { booking: Booking; done: () => void }) {
  const { t } = useTranslation()
  const online = useOnline()
  const [open, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        className="btn btn-outline-secondary"
        disabled={!online}
        onClick={() => setOpen(true)}
      >
        {t('ticket.giveBack')}
      </button>
      <Modal show={open} onHide={() => setOpen(false)} centered aria-labelledby="give-back">
        <Form booking={booking} close={() => setOpen(false)} done={done} />
      </Modal>
    </>
  )
}

function Form({ booking, close, done }: { booking: Booking; close: () => void; done: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const words = useWords()
  const client = useQueryClient()
  const [keep, setKeep] = useState(0)
  const give = booking.Seats - keep
  const mutation = useMutation({
    mutationFn: () => keepSeats(booking.ID, keep),
    retry: (failures, error) => failures < 2 && error instanceof ApiError && error.transient, // it may be repeated
    onSuccess: (changed) => {
      client.setQueryData(bookingQuery(booking.ID).queryKey, changed)
      void client.invalidateQueries({ queryKey: ['bookings', 'list'] })
      close()
      done()
    },
  })
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault()
        if (!mutation.isPending) mutation.mutate()
      }}
    >
      <Modal.Header closeButton closeLabel={t('close')}>
        <Modal.Title as="h2" id="give-back">
          {t('giveBack.title')}
        </Modal.Title>
      </Modal.Header>
      <Modal.Body className="stack">
        <p>{t('giveBack.text', { count: booking.Seats, n: format.number(booking.Seats) })}</p>
        {booking.Seats > 1 && (
          <label className="form-label">
            {t('giveBack.keep')}
            <select className="form-select" value={keep} onChange={(e) => setKeep(Number(e.target.value))}>
              {Array.from({ length: booking.Seats }, (_, n) => (
                <option key={n} value={n}>
                  {n === 0 ? t('giveBack.none') : format.number(n)}
                </option>
              ))}
            </select>
          </label>
        )}
        {mutation.isError && (
          <Alert key={mutation.failureCount} tone="bad" title={t('failure.title')}>
            <p>{words(mutation.error)}</p>
          </Alert>
        )}
      </Modal.Body>
      <Modal.Footer>
        <button type="button" className="btn btn-outline-secondary" onClick={close}>
          {t('giveBack.cancel')}
        </button>
        <button type="submit" className="btn btn-danger" disabled={mutation.isPending}>
          {mutation.isPending
            ? t('giveBack.sending')
            : keep === 0 && booking.Seats > 1
              ? t('giveBack.confirmAll')
              : t('giveBack.confirm', { count: give, n: format.number(give) })}
        </button>
      </Modal.Footer>
    </form>
  )
}
