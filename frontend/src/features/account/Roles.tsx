import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Note } from '@/components/Note'
import type { User } from '@/lib/api/session'
import { findUser, type Role, setRoles } from './api'
import { Failed, Line } from './parts'
import { emailSchema } from './rules'
import { useAccountForm } from './useAccountForm'

/** Where an administrator makes organisers. */
export function Roles({ me }: { me: User }) {
  const { t } = useTranslation('account')
  const [found, setFound] = useState<User | 'nobody'>()
  const { form, submit, failure, faultOf, sending } = useAccountForm({
    resolver: zodResolver(emailSchema),
    empty: { email: '' },
    send: async ({ email }) => setFound((await findUser(email)) ?? 'nobody'),
  })
  return (
    <section className="card-box stack" aria-labelledby="roles">
      <h2 id="roles">{t('roles.title')}</h2>
      <p className="soft">{t('roles.text')}</p>
      <form className="stack" noValidate onSubmit={submit} aria-label={t('roles.find')}>
        <Failed failure={failure} />
        <Line
          label={t('email')}
          type="email"
          autoComplete="off"
          fault={faultOf('email')}
          {...form.register('email')}
        />
        <div className="row-of">
          <button type="submit" className="btn btn-outline-secondary" disabled={sending}>
            {sending ? t('sending') : t('roles.find')}
          </button>
        </div>
      </form>
      <div role="status">{found === 'nobody' && <Note tone="info" title={t('roles.nobody')} />}</div>
      {found && found !== 'nobody' && <RolesForm key={found.ID} user={found} own={found.ID === me.ID} />}
    </section>
  )
}

const roles: Role[] = ['organiser', 'admin']

function RolesForm({ user, own }: { user: User; own: boolean }) {
  const { t } = useTranslation('account')
  const [chosen, setChosen] = useState<Role[]>(user.roles ?? [])
  const [done, setDone] = useState(false)
  const { submit, failure, sending } = useAccountForm({
    resolver: zodResolver(emailSchema),
    empty: { email: user.email ?? '' },
    send: async () => {
      setDone(false)
      await setRoles(user.ID, chosen)
      setDone(true)
    },
  })
  const change = (role: Role, on: boolean) =>
    setChosen(roles.filter((r) => (r === role ? on : chosen.includes(r))))
  return (
    <form className="stack" noValidate onSubmit={submit} aria-label={t('roles.of', { name: user.name })}>
      <fieldset className="stack">
        <legend className="h3">{t('roles.of', { name: user.name })}</legend>
        {roles.map((role) => (
          <label key={role} className="check">
            <input
              type="checkbox"
              className="form-check-input"
              checked={chosen.includes(role)}
              disabled={own && role === 'admin'}
              onChange={(e) => change(role, e.target.checked)}
            />
            <span>
              <strong>{t(`roles.${role}`)}</strong>
              <br />
              <span className="soft small">{t(`roles.${role}Hint`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Failed failure={failure} />
      <div className="row-of">
        <button type="submit" className="btn btn-outline-secondary" disabled={sending}>
          {sending ? t('sending') : t('roles.submit')}
        </button>
      </div>
      <div role="status">{done && <Note tone="good" title={t('roles.done')} />}</div>
    </form>
  )
}
