import { zodResolver } from '@hookform/resolvers/zod'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Note } from '@/components/Note'
import { changeProfile, meQuery, type User } from '@/lib/api/session'
import { Failed, Line, Password } from './parts'
import { profileSchema } from './rules'
import { useAccountForm } from './useAccountForm'

/** The name and the address of an account. */
export function ProfileForm({ user }: { user: User }) {
  const { t } = useTranslation('account')
  const client = useQueryClient()
  const [done, setDone] = useState(false)
  const { form, submit, failure, faultOf, sending } = useAccountForm({
    resolver: zodResolver(profileSchema),
    empty: { name: user.name ?? '', email: user.email ?? '', password: '' },
    meaning: { 401: t('wrongPassword'), 403: t('wrongPassword'), 409: t('signUp.taken') },
    send: async ({ name, email, password }) => {
      setDone(false)
      const moved = email !== user.email
      const changed = await changeProfile(moved ? { name, email, password } : { name })
      client.setQueryData(meQuery().queryKey, changed)
      form.reset({ name: changed.name, email: changed.email, password: '' })
      setDone(true)
    },
  })
  const moved = form.watch('email').trim() !== user.email
  return (
    <form className="card-box stack" noValidate onSubmit={submit} aria-labelledby="profile">
      <h2 id="profile">{t('profile.title')}</h2>
      <Failed failure={failure} />
      <Line label={t('name')} autoComplete="name" fault={faultOf('name')} {...form.register('name')} />
      <Line
        label={t('email')}
        type="email"
        autoComplete="username"
        fault={faultOf('email')}
        {...form.register('email')}
      />
      {moved && (
        <Password
          label={t('password')}
          autoComplete="current-password"
          hint={t('profile.passwordHint')}
          fault={faultOf('password')}
          {...form.register('password')}
        />
      )}
      <div className="row-of">
        <button type="submit" className="btn btn-outline-secondary" disabled={sending}>
          {sending ? t('sending') : t('profile.submit')}
        </button>
      </div>
      <div role="status">{done && <Note tone="good" title={t('saved')} />}</div>
    </form>
  )
}
