import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '@/components/Icon'
import { useOnline } from '@/lib/online'

type Props = { words: string; busy: boolean; locked: boolean; saved: boolean; children?: ReactNode }

/** The end of a form: the button that saves it, which keeps the focus while it does, and that it was saved. */
export function SaveBar({ words, busy, locked, saved, children }: Props) {
  const { t } = useTranslation('organise')
  const online = useOnline()
  return (
    <div className="save-bar">
      <button
        type="submit"
        className="btn btn-primary btn-lg"
        disabled={locked || !online}
        aria-disabled={busy}
      >
        {busy ? t('save.sending') : words}
      </button>
      {children}
      <p role="status">
        {saved && (
          <span className="saved">
            <Icon name="check" />
            {t('save.saved')}
          </span>
        )}
        {!online && t('save.offline')}
      </p>
    </div>
  )
}
