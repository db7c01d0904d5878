import { zodResolver } from '@hookform/resolvers/zod'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link, useLocation, useNavigate } from 'react-router'
import { Heading, Page } from '@/components/Page'
import { become, signUp } from '@/lib/api/session'
import { useReturn } from '@/lib/returning'
import { Failed, Line, Password } from './parts'
import { signUpSchema } from './rules'
import { useAccountForm } from './useAccountForm'
import './account.scss'

/** Making an account, which keeps what was booked as a guest. */
export function Component() {
  const { t } = useTranslation('account')
  const client = useQueryClient()
  const navigate = useNavigate()
  const back = useReturn()
  const { search } = useLocation()
  const { form, submit, failure, faultOf, sending } = useAccountForm({
    resolver: zodResolver(signUpSchema),
    empty: { name: '', email: '', password: '' },
    meaning: { 409: t('signUp.taken') },
    send: async (values) => {
      await become(client, await signUp(values))
      await navigate(back, { replace: true })
    },
  })
  return (
    <Page title={t('signUp.title')} className="account-page">
      <Heading>{t('signUp.title')}</Heading>
      <p className="lead">{t('signUp.lead')}</p>
      <form className="card-box stack" noValidate onSubmit={submit} aria-label={t('signUp.title')}>
        <Failed failure={failure} />
        <Line label={t('name')} autoComplete="name" fault={faultOf('name')} {...form.register('name')} />
        <Line
          label={t('email')}
          type="email"
          autoComplete="username"
          fault={faultOf('email')}
          {...form.register('email')}
        />
        <Password
          label={t('password')}
          autoComplete="new-password"
          hint={t('signUp.passwordHint')}
          fault={faultOf('password')}
          {...form.register('password')}
        />
        <button type="submit" className="btn btn-primary btn-lg" disabled={sending}>
          {sending ? t('sending') : t('signUp.submit')}
        </button>
        <p>
          {t('signUp.haveOne')} <Link to={{ pathname: '/sign-in', search }}>{t('signIn.title')}</Link>
        </p>
      </form>
    </Page>
  )
}
