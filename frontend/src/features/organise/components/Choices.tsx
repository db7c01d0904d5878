import { useTranslation } from 'react-i18next'

type Props<T extends string> = {
  label: string
  value: T
  options: readonly { value: T; words: string }[]
  choose: (value: T) => void
}

/** A few options of which one is on, each a click away. */
export function Choices<T extends string>({ label, value, options, choose }: Props<T>) {
  return (
    <fieldset className="choices">
      <legend className="visually-hidden">{label}</legend>
      {options.map((o) => (
        <button
          key={o.value}
          type="button"
          className="chip"
          aria-pressed={o.value === value}
          onClick={() => choose(o.value)}
        >
          {o.words}
        </button>
      ))}
    </fieldset>
  )
}

/** How figures are shown. */
export type Form = 'plot' | 'table'

/** The choice between a plot and the table that says the same; of is what they are about. */
export function FormChoice({ of, value, choose }: { of: string; value: Form; choose: (form: Form) => void }) {
  const { t } = useTranslation('organise')
  return (
    <Choices
      label={t('figure.form', { of })}
      value={value}
      choose={choose}
      options={[
        { value: 'plot', words: t('figure.plot') },
        { value: 'table', words: t('figure.table') },
      ]}
    />
  )
}
