import { zodResolver } from '@hookform/resolvers/zod'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link, useLocation, useNavigate } from 'react-router'
import { Heading, Page } from '@/components/Page'
import { become, signIn } from '@/lib/api/session'
import { useReturn } from '@/lib/returning'
import { Failed, Line, Password } from './parts'
import { signInSchema } from './rules'
import { useAccountForm } from './useAccountForm'
import './account.scss'

/** Signing in, and back to where the visitor came from. */
export function Component() {
  const { t } = useTranslation('account')
  const client = useQueryClient()
  const navigate = useNavigate()
  const back = useReturn()
  const { search } = useLocation()
  const { form, submit, failure, faultOf, sending } = useAccountForm({
    resolver: zodResolver(signInSchema),
    empty: { email: '', password: '' },
    meaning: { 401: t('signIn.wrong') },
    send: async (values) => {
      await become(client, await signIn(values))
      await navigate(back, { replace: true })
    },
  })
  return (
    <Page title={t('signIn.title')} className="account-page">
      <Heading>{t('signIn.title')}</Heading>
      <form className="card-box stack" noValidate onSubmit={submit} aria-label={t('signIn.title')}>
        <Failed failure={failure} />
        <Line
          label={t('email')}
          type="email"
          autoComplete="username"
          fault={faultOf('email')}
          {...form.register('email')}
        />
        <Password
          label={t('password')}
          autoComplete="current-password"
          fault={faultOf('password')}
          {...form.register('password')}
        />
        <button type="submit" className="btn btn-primary btn-lg" disabled={sending}>
          {sending ? t('sending') : t('signIn.submit')}
        </button>
        <p>
          {t('signIn.noAccount')} <Link to={{ pathname: '/sign-up', search }}>{t('signUp.title')}</Link>
        </p>
      </form>
    </Page>
  )
}
