import { type ReactNode, Suspense, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Bone } from '@/components/states'
import { type Form, FormChoice } from '../components/Choices'

type Props = {
  title: string
  /** What the plot shows, in a sentence. */
  summary: string
  controls?: ReactNode
  plot: ReactNode
  table: ReactNode
}

/** Figures as a plot or, with the same numbers, as a table. */
export function Figure({ title, summary, controls, plot, table }: Props) {
  const { t } = useTranslation('organise')
  const [form, setForm] = useState<Form>('plot')
  const id = useId()
  return (
    <section className="card-box figure" aria-labelledby={id}>
      <div className="figure-head">
        <h2 id={id}>{title}</h2>
        <FormChoice of={title} value={form} choose={setForm} />
      </div>
      {controls}
      <p className="soft">{summary}</p>
      {form === 'plot' ? (
        <div className="plot" role="img" aria-label={t('figure.label', { title, summary })}>
          <Suspense fallback={<Bone height="100%" />}>{plot}</Suspense>
        </div>
      ) : (
        table
      )}
    </section>
  )
}
