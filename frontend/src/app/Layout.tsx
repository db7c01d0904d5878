import { useQuery } from '@tanstack/react-query'
import { Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, NavLink, Outlet, ScrollRestoration, useLocation } from 'react-router'
import { Brand } from '@/components/Brand'
import { Icon, type IconName } from '@/components/Icon'
import { meQuery } from '@/lib/api/session'
import { chooseLanguage, type Language, languages } from '@/lib/i18n'
import { useOnline } from '@/lib/online'
import { useSignInAddress } from '@/lib/returning'
import { useMayOrganise } from '@/lib/roles'

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
            {useMayOrganise() && <Way to="/organise" icon="chart" words={t('nav.organise')} />}
            <OwnWay />
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

/** The way to the account, or to one. */
function OwnWay() {
  const { t } = useTranslation()
  const { data: user } = useQuery(meQuery())
  const { pathname } = useLocation()
  const signIn = useSignInAddress()
  if (user && !user.Guest) return <Way to="/account" icon="person" words={t('nav.account')} />
  const here = /^\/sign-(in|up)$/.test(pathname)
  return <Way to={here ? pathname : signIn} icon="person" words={t('nav.signIn')} />
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
