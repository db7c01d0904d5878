import { Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, NavLink, Outlet, ScrollRestoration } from 'react-router'
import { Brand } from '@/components/Brand'
import { Icon, type IconName } from '@/components/Icon'
import { chooseLanguage, type Language, languages } from '@/lib/i18n'
import { useOnline } from '@/lib/online'

/** What is around every screen. */
export function Layout() {
  const { t } = useTranslation()
  return (
    <>
      <a className="skip-link" href="#main">
        {t('skip')}
      </a>
      <header className="site-header">
        <div className="wrap">
          <Link className="brand" to="/">
            <Brand />
            MyEvents
          </Link>
          <nav aria-label={t('nav.label')}>
            <Way to="/" icon="calendar" words={t('nav.events')} />
            <Way to="/bookings" icon="ticket" words={t('nav.bookings')} />
            <Way to="/organise" icon="chart" words={t('nav.organise')} />
          </nav>
        </div>
      </header>
      <Offline />
      <Suspense fallback={null}>
        <Outlet />
      </Suspense>
      <Footer />
      <ScrollRestoration />
    </>
  )
}

function Way({ to, icon, words }: { to: string; icon: IconName; words: string }) {
  return (
    <NavLink to={to} end={to === '/'}>
      <Icon name={icon} />
      {words}
    </NavLink>
  )
}

function Offline() {
  const { t } = useTranslation()
  const online = useOnline()
  return (
    <div role="status">
      {!online && (
        <div className="banner">
          <div className="wrap">
            <Icon name="offline" />
            {t('offline.banner')}
          </div>
        </div>
      )}
    </div>
  )
}

function Footer() {
  const { t, i18n } = useTranslation()
  return (
    <footer className="site-footer">
      <div className="wrap">
        <p>{t('footer.claim')}</p>
        <label>
          {t('footer.language')}
          <select
            className="form-select"
            value={i18n.language}
            onChange={(e) => void chooseLanguage(e.target.value as Language)}
          >
            {Object.entries(languages).map(([code, name]) => (
              <option key={code} value={code} lang={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
    </footer>
  )
}
