import { useTranslation } from 'react-i18next'
import { Alert, Note } from '@/components/Note'

type Props = {
  /** Whether somebody else's version was found. */
  found: boolean
  take: () => void
  /** What was kept of one's own after theirs was taken over, in words; undefined while nothing was. */
  kept: string[] | undefined
}

/** Says that somebody else has changed the same, and what became of it. */
export function Conflict({ found, take, kept }: Props) {
  const { t, i18n } = useTranslation('organise')
  if (found) {
    return (
      <Alert tone="warn" title={t('conflict.title')}>
        <p>{t('conflict.text')}</p>
        <button type="button" className="btn btn-primary" onClick={take}>
          {t('conflict.take')}
        </button>
      </Alert>
    )
  }
  if (!kept) return null
  const list = new Intl.ListFormat(i18n.language).format(kept)
  return (
    <div role="status">
      <Note tone="info" title={t('conflict.taken')}>
        <p>{kept.length > 0 ? t('conflict.kept', { list }) : t('conflict.nothingKept')}</p>
      </Note>
    </div>
  )
}
