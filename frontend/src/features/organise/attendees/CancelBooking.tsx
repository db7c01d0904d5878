import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '@/components/Dialog'
import { Field } from '@/components/Field'
import { Alert } from '@/components/Note'
import { ApiError } from '@/lib/api/error'
import { useFormat } from '@/lib/format'
import { useWords } from '@/lib/words'
import { type Attendee, cancelBooking } from '../api/attendees'

/** How many characters a reason may have. */
const longest = 500

type Props = { attendee: Attendee; open: boolean; close: () => void }

/** The dialog in which an organiser cancels somebody's booking and says why. */
export function CancelBooking({ attendee: a, open, close }: Props) {
  const { t } = useTranslation('organise')
  const format = useFormat()
  const words = useWords()
  const client = useQueryClient()
  const [reason, setReason] = useState('')
  const [complain, setComplain] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const mutation = useMutation({
    mutationFn: () => cancelBooking(a.ID, reason.trim()),
    retry: (failures, error) => failures < 2 && error instanceof ApiError && !error.definite, // it may be repeated
    onSuccess: () => {
      close()
      void client.invalidateQueries({ queryKey: ['attendees'] })
      void client.invalidateQueries({ queryKey: ['statistics'] })
    },
  })
  const missing = complain && reason.trim() === ''
  return (
    <Dialog
      show={open}
      title={t('cancelBooking.title')}
      keep={t('cancelBooking.keep')}
      close={close}
      submit={() => {
        setComplain(true)
        if (reason.trim() === '') field.current?.focus()
        else if (!mutation.isPending) mutation.mutate()
      }}
      confirm={
        <button type="submit" className="btn btn-danger" disabled={mutation.isPending}>
          {mutation.isPending ? t('save.sending') : t('cancelBooking.confirm')}
        </button>
      }
    >
      <p>
        {t('cancelBooking.text', {
          count: a.Seats,
          n: format.number(a.Seats),
          who: a.Name ?? a.Email ?? t('attendees.guest'),
        })}
      </p>
      <Field
        label={t('cancelBooking.reason')}
        hint={t('cancelBooking.reasonHint')}
        fault={missing ? t('fault.required') : undefined}
      >
        {(c) => (
          <textarea
            {...c}
            ref={field}
            className="form-control"
            rows={3}
            required
            maxLength={longest}
            value={reason}
            onChange={(e) => setReason(e.target.value)}
          />
        )}
      </Field>
      {mutation.isError && (
        <Alert key={mutation.submittedAt} tone="bad" title={t('save.refused')}>
          <p>{words(mutation.error)}</p>
        </Alert>
      )}
    </Dialog>
  )
}
