import { useTranslation } from 'react-i18next'
import { NavLink } from 'react-router'

/** The ways between the organiser's screens. */
export function Sections() {
  const { t } = useTranslation('organise')
  return (
    <nav className="sections" aria-label={t('nav.label')}>
      <div className="wrap">
        <NavLink to="/organise" end>
          {t('nav.overview')}
        </NavLink>
        <NavLink to="/organise/events">{t('nav.events')}</NavLink>
        <NavLink to="/organise/locations">{t('nav.locations')}</NavLink>
      </div>
    </nav>
  )
}
