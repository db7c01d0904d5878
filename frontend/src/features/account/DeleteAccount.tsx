import { zodResolver } from '@hookform/resolvers/zod'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { Dialog } from '@/components/Dialog'
import { become, deleteAccount, type User } from '@/lib/api/session'
import { z } from '@/lib/zod'
import { Failed, Password, Whose } from './parts'
import { useAccountForm } from './useAccountForm'

const schema = z.object({ password: z.string().check(z.minLength(1, 'required')) })

/** Deletes the account, after a last question. */
export function DeleteAccount({ user }: { user: User }) {
  const { t } = useTranslation('account')
  const client = useQueryClient()
  const navigate = useNavigate()
  const [open, setOpen] = useState(false)
  const { form, submit, failure, faultOf, sending } = useAccountForm({
    resolver: zodResolver(schema),
    empty: { password: '' },
    meaning: { 401: t('wrongPassword'), 403: t('wrongPassword') },
    send: async ({ password }) => {
      await deleteAccount(password)
      await navigate('/')
      await become(client, null)
    },
  })
  return (
    <>
      <p>
        <button type="button" className="btn btn-outline-secondary" onClick={() => setOpen(true)}>
          {t('delete.open')}
        </button>
      </p>
      <Dialog
        show={open}
        title={t('delete.title')}
        keep={t('delete.keep')}
        close={() => setOpen(false)}
        submit={() => void submit()}
        confirm={
          <button type="submit" className="btn btn-danger" disabled={sending}>
            {sending ? t('sending') : t('delete.confirm')}
          </button>
        }
      >
        <p>{t('delete.text')}</p>
        <Failed failure={failure} />
        <Whose email={user.email} />
        <Password
          label={t('password')}
          autoComplete="current-password"
          fault={faultOf('password')}
          {...form.register('password')}
        />
      </Dialog>
    </>
  )
}
