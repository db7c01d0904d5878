import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { Dialog } from '@/components/Dialog'
import { Alert } from '@/components/Note'
import { ApiError, statusOf } from '@/lib/api/error'
import type { Location } from '@/lib/api/events'
import { useOnline } from '@/lib/online'
import { useWords } from '@/lib/words'
import { deleteLocation, taggedLocationQuery } from '../api/locations'
import type { Tagged } from '../api/tagged'

/** The button that deletes a location, and the dialog that asks first. */
export function DeleteLocation({ location }: { location: Tagged<Location> }) {
  const { t } = useTranslation('organise')
  const online = useOnline()
  const [open, setOpen] = useState(false)
  return (
    <section className="card-box stack" aria-labelledby="delete-location">
      <h2 id="delete-location">{t('location.deleteTitle')}</h2>
      <p className="small soft">{t('location.deleteHint')}</p>
      <button
        type="button"
        className="btn btn-outline-secondary"
        disabled={!online}
        onClick={() => setOpen(true)}
      >
        {t('location.deleteOpen')}
      </button>
      <Ask location={location} open={open} close={() => setOpen(false)} />
    </section>
  )
}

function Ask({ location, open, close }: { location: Tagged<Location>; open: boolean; close: () => void }) {
  const { t } = useTranslation('organise')
  const navigate = useNavigate()
  const client = useQueryClient()
  const { ID, Name } = location.document
  const mutation = useMutation({
    mutationFn: () => deleteLocation(ID, location.tag),
    retry: (failures, error) => failures < 2 && error instanceof ApiError && !error.definite,
    onSettled: (_, error) => {
      if (error && statusOf(error) !== 404) return // one that is gone already is as good as deleted
      client.removeQueries({ queryKey: taggedLocationQuery(ID).queryKey })
      void client.invalidateQueries({ queryKey: ['locations'] })
      close()
      void navigate('/organise/locations')
    },
  })
  return (
    <Dialog
      show={open}
      title={t('location.deleteAsk', { name: Name })}
      keep={t('location.keep')}
      close={() => {
        mutation.reset()
        close()
      }}
      submit={() => {
        if (!mutation.isPending) mutation.mutate()
      }}
      confirm={
        <button type="submit" className="btn btn-danger" disabled={mutation.isPending}>
          {mutation.isPending ? t('save.sending') : t('location.delete')}
        </button>
      }
    >
      <p>{t('location.deleteText')}</p>
      {mutation.isError && <Refused key={mutation.submittedAt} error={mutation.error} />}
    </Dialog>
  )
}

function Refused({ error }: { error: unknown }) {
  const { t } = useTranslation('organise')
  const words = useWords()
  const inUse = statusOf(error) === 409
  return (
    <Alert tone="bad" title={inUse ? t('location.inUse') : t('save.refused')}>
      <p>{inUse ? t('location.inUseHint') : words(error)}</p>
    </Alert>
  )
}
