import { useTranslation } from 'react-i18next'
import { Heading, Page } from '@/components/Page'
import { Empty } from '@/components/states'

/** The screen for a fault of the app itself, such as a part of it that could not be fetched. */
export function ErrorPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('failure.title')}>
      <Heading className="visually-hidden">{t('failure.title')}</Heading>
      <Empty
        icon="warning"
        title={t('failure.title')}
        action={
          <button type="button" className="btn btn-primary" onClick={() => window.location.reload()}>
            {t('failure.reload')}
          </button>
        }
      >
        {t('failure.app')}
      </Empty>
    </Page>
  )
}
