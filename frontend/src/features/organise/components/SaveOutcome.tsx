import { useTranslation } from 'react-i18next'
import { Alert } from '@/components/Note'
import { useWords } from '@/lib/words'
import type { Saving } from '../useSave'

/** What became of what was to be saved, where it was not. marked says that fields show it already. */
export function SaveOutcome(props: { state: Saving; marked: boolean; again: () => void }) {
  const { state, marked, again } = props
  const { t } = useTranslation('organise')
  const words = useWords()
  if (state.kind === 'unsure') {
    return (
      <Alert tone="warn" title={t('save.unsure')}>
        <p>
          {words(state.error)} {t('save.unsureHint')}
        </p>
        <button type="button" className="btn btn-primary mt-3" onClick={again}>
          {t('save.again')}
        </button>
      </Alert>
    )
  }
  if (state.kind !== 'refused' || marked || state.error.status === 412) return null
  return (
    <Alert key={state.tries} tone="bad" title={t('save.refused')}>
      <p>{words(state.error)}</p>
    </Alert>
  )
}
