import { useCallback, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { type BlockerFunction, useBlocker } from 'react-router'
import { Dialog } from '@/components/Dialog'

/** Asks before a screen is left whose input was not saved. pending is asked at that very moment. */
export function Unsaved({ pending }: { pending: () => boolean }) {
  const { t } = useTranslation('organise')
  const leaving = useCallback<BlockerFunction>(
    ({ currentLocation: from, nextLocation: to }) => from.pathname !== to.pathname && pending(),
    [pending],
  )
  const blocker = useBlocker(leaving)
  useEffect(() => {
    const ask = (e: BeforeUnloadEvent) => {
      if (pending()) e.preventDefault()
    }
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [pending])
  return (
    <Dialog
      show={blocker.state === 'blocked'}
      title={t('unsaved.title')}
      keep={t('unsaved.stay')}
      close={() => blocker.reset?.()}
      submit={() => blocker.proceed?.()}
      confirm={
        <button type="submit" className="btn btn-danger">
          {t('unsaved.leave')}
        </button>
      }
    >
      <p>{t('unsaved.text')}</p>
    </Dialog>
  )
}
