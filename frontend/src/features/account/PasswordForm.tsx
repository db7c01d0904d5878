import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Note } from '@/components/Note'
import { changePassword, type User } from '@/lib/api/session'
import { Failed, Password, Whose } from './parts'
import { passwordSchema } from './rules'
import { useAccountForm } from './useAccountForm'

/** Changing the password. */
export function PasswordForm({ user }: { user: User }) {
  const { t } = useTranslation('account')
  const [done, setDone] = useState(false)
  const { form, submit, failure, faultOf, sending } = useAccountForm({
    resolver: zodResolver(passwordSchema),
    empty: { password: '', newPassword: '' },
    meaning: { 401: t('wrongPassword'), 403: t('wrongPassword') },
    send: async (values) => {
      setDone(false)
      await changePassword(values)
      form.reset()
      setDone(true)
    },
  })
  return (
    <form className="card-box stack" noValidate onSubmit={submit} aria-labelledby="change-password">
      <h2 id="change-password">{t('change.title')}</h2>
      <p className="soft">{t('change.text')}</p>
      <Failed failure={failure} />
      <Whose email={user.email} />
      <Password
        label={t('change.present')}
        autoComplete="current-password"
        fault={faultOf('password')}
        {...form.register('password')}
      />
      <Password
        label={t('change.next')}
        autoComplete="new-password"
        hint={t('signUp.passwordHint')}
        fault={faultOf('newPassword')}
        {...form.register('newPassword')}
      />
      <div className="row-of">
        <button type="submit" className="btn btn-outline-secondary" disabled={sending}>
          {sending ? t('sending') : t('change.submit')}
        </button>
      </div>
      <div role="status">{done && <Note tone="good" title={t('change.done')} />}</div>
    </form>
  )
}
