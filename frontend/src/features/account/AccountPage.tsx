import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { Icon } from '@/components/Icon'
import { Heading, Page } from '@/components/Page'
import { Bone, Empty, Loaded } from '@/components/states'
import { become, endSession, exportAddress, meQuery, type User } from '@/lib/api/session'
import { has } from '@/lib/roles'
import { useWords } from '@/lib/words'
import { DeleteAccount } from './DeleteAccount'
import { PasswordForm } from './PasswordForm'
import { ProfileForm } from './ProfileForm'
import { Failed } from './parts'
import { Roles } from './Roles'
import './account.scss'

/** What the visitor's account is, and all that can be done with it. */
export function Component() {
  const { t } = useTranslation('account')
  const query = useQuery(meQuery())
  return (
    <Page title={t('title')} className="account-page">
      <Heading>{t('title')}</Heading>
      <Loaded query={query} skeleton={<Bone height="20rem" />}>
        {(user) => (user && !user.Guest ? <Account user={user} /> : <Nobody />)}
      </Loaded>
    </Page>
  )
}

function Nobody() {
  const { t } = useTranslation('account')
  return (
    <Empty
      icon="person"
      title={t('nobody')}
      action={
        <Link className="btn btn-primary" to="/sign-in?return=/account">
          {t('signIn.title')}
        </Link>
      }
    />
  )
}

function Account({ user }: { user: User }) {
  const { t } = useTranslation('account')
  return (
    <div className="stack">
      <div className="card-box row-of who">
        <p>
          <strong>{user.name}</strong>
          <br />
          <span className="soft">{user.email}</span>
        </p>
        <SignOut />
      </div>
      <ProfileForm user={user} />
      <PasswordForm user={user} />
      {has(user, 'admin') && <Roles me={user} />}
      <section className="card-box stack" aria-labelledby="data">
        <h2 id="data">{t('data.title')}</h2>
        <p>{t('data.text')}</p>
        <p>
          <a className="btn btn-outline-secondary" href={exportAddress()} download="myevents.json">
            <Icon name="download" />
            {t('data.export')}
          </a>
        </p>
        <p>{t('data.deletion')}</p>
        <DeleteAccount user={user} />
      </section>
    </div>
  )
}

function SignOut() {
  const { t } = useTranslation('account')
  const words = useWords()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [failure, setFailure] = useState<{ words: string; tries: number }>()
  const leave = async () => {
    try {
      await endSession()
      await navigate('/')
      await become(client, null)
    } catch (error) {
      setFailure((before) => ({ words: words(error), tries: (before?.tries ?? 0) + 1 }))
    }
  }
  return (
    <>
      <button type="button" className="btn btn-outline-secondary" onClick={() => void leave()}>
        {t('signOut')}
      </button>
      <Failed failure={failure} />
    </>
  )
}
