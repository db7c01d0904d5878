import { useTranslation } from 'react-i18next'

type Query = {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  isFetchNextPageError: boolean
  fetchNextPage: () => unknown
}

/** The button for the next page of a list, while there is one. */
export function More({ query }: { query: Query }) {
  const { t } = useTranslation('organise')
  if (!query.hasNextPage) return null
  return (
    <p className="more-rows">
      <button
        type="button"
        className="btn btn-outline-secondary"
        disabled={query.isFetchingNextPage}
        onClick={() => void query.fetchNextPage()}
      >
        {t('more.show')}
      </button>
      {query.isFetchNextPageError && <span role="alert">{t('more.failed')}</span>}
    </p>
  )
}
