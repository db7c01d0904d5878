import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Alert } from '@/components/Note'
import { useSignInAddress } from '@/lib/returning'
import { useWords } from '@/lib/words'
import type { State } from './useBook'

type Props = { state: State; take: (seats: number) => void; again: () => void; asGuest: () => void }

/** What became of a try to book, and what can be done now. */
export function Outcome({ state, take, again, asGuest }: Props) {
  const { t } = useTranslation()
  const words = useWords()
  const signIn = useSignInAddress()
  switch (state.kind) {
    case 'tooFew':
      return (
        <Alert
          key={state.tries}
          tone="warn"
          title={t('booking.tooFew', { count: state.available, n: String(state.available) })}
        >
          <p>{t('booking.tooFewHint')}</p>
          {state.available > 0 && (
            <Way
              words={t('booking.take', { count: state.available, n: String(state.available) })}
              go={() => take(state.available)}
            />
          )}
        </Alert>
      )
    case 'unsure':
      return (
        <Alert tone="warn" title={t('booking.unsure')}>
          <p>{t('booking.unsureHint')}</p>
          <Way words={t('booking.again')} go={again} />
        </Alert>
      )
    case 'ended':
      return (
        <Alert
          key={String(state.guest)}
          tone="warn"
          title={state.guest ? t('booking.ended') : t('booking.needed')}
        >
          <p>{state.guest ? t('booking.endedHint') : t('booking.neededHint')}</p>
          <p className="row-of way">
            <Link className="btn btn-primary" to={signIn}>
              {t('booking.signIn')}
            </Link>
            {state.guest && (
              <button type="button" className="btn btn-outline-secondary" onClick={asGuest}>
                {t('booking.asGuest')}
              </button>
            )}
          </p>
        </Alert>
      )
    case 'refused':
      return (
        <Alert key={state.tries} tone="bad" title={t('booking.failed')}>
          <p>{words(state.error)}</p>
        </Alert>
      )
    default:
      return null
  }
}

function Way({ words, go }: { words: string; go: () => void }) {
  return (
    <p className="way">
      <button type="button" className="btn btn-outline-secondary" onClick={go}>
        {words}
      </button>
    </p>
  )
}
