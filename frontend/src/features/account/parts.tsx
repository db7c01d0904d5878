import { type ComponentProps, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Field } from '@/components/Field'
import { Alert } from '@/components/Note'

type Input = ComponentProps<'input'> & { label: string; fault?: string; hint?: string }

/** A line of text to be entered. */
export function Line({ label, fault, hint, ...input }: Input) {
  return (
    <Field label={label} fault={fault} hint={hint}>
      {(control) => <input className="form-control" {...input} {...control} />}
    </Field>
  )
}

/** A password to be entered, which can be shown. */
export function Password({ label, fault, hint, ...input }: Input) {
  const { t } = useTranslation('account')
  const [shown, setShown] = useState(false)
  return (
    <Field label={label} fault={fault} hint={hint}>
      {(control) => (
        <div className="password">
          <input className="form-control" {...input} {...control} type={shown ? 'text' : 'password'} />
          <button
            type="button"
            className="btn btn-link"
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            {t('show')}
          </button>
        </div>
      )}
    </Field>
  )
}

/** Tells password managers whose password a form is about. */
export function Whose({ email }: { email: string | undefined }) {
  return <input type="email" autoComplete="username" value={email ?? ''} readOnly hidden />
}

/** What went wrong with a form as a whole. */
export function Failed({ failure }: { failure?: { words: string; tries: number } }) {
  const { t } = useTranslation()
  return (
    failure && (
      <Alert key={failure.tries} tone="bad" title={t('failure.title')}>
        <p>{failure.words}</p>
      </Alert>
    )
  )
}
