import { type ReactNode, useId } from 'react'

/** What the control of a field has to be given. */
export type Control = {
  id: string
  'aria-invalid': true | undefined
  'aria-describedby': string | undefined
}

type Props = {
  label: ReactNode
  /** What is not right, in words. */
  fault?: string
  hint?: ReactNode
  className?: string
  children: (control: Control) => ReactNode
}

/** A control with its label, a hint and what is not right, all tied to it. */
export function Field({ label, fault, hint, className, children }: Props) {
  const id = useId()
  const about = [fault && `${id}fault`, hint && `${id}hint`].filter(Boolean).join(' ')
  return (
    <div className={className ? `field ${className}` : 'field'}>
      <label className="form-label" htmlFor={id}>
        {label}
      </label>
      {children({ id, 'aria-invalid': fault ? true : undefined, 'aria-describedby': about || undefined })}
      {hint && (
        <p className="small soft" id={`${id}hint`}>
          {hint}
        </p>
      )}
      {fault && (
        <p className="fault" id={`${id}fault`}>
          {fault}
        </p>
      )}
    </div>
  )
}
