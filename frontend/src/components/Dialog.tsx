import { type FormEvent, type ReactNode, useId } from 'react'
import Modal from 'react-bootstrap/Modal'
import { useTranslation } from 'react-i18next'

type Props = {
  show: boolean
  title: string
  /** What the button that leaves everything as it is says. */
  keep: string
  close: () => void
  /** The button that goes on. */
  confirm: ReactNode
  submit: () => void
  children: ReactNode
}

/** A question that must be answered first: it keeps the focus until then, and gives it back. */
export function Dialog({ show, title, keep, close, confirm, submit, children }: Props) {
  const { t } = useTranslation()
  const id = useId()
  const onSubmit = (e: FormEvent) => {
    e.preventDefault()
    e.stopPropagation() // in React's tree a dialog may be within a form
    submit()
  }
  return (
    <Modal show={show} onHide={close} centered aria-labelledby={id}>
      <form onSubmit={onSubmit} noValidate>
        <Modal.Header closeButton closeLabel={t('close')}>
          <Modal.Title as="h2" id={id}>
            {title}
          </Modal.Title>
        </Modal.Header>
        <Modal.Body className="stack">{children}</Modal.Body>
        <Modal.Footer>
          <button type="button" className="btn btn-outline-secondary" onClick={close}>
            {keep}
          </button>
          {confirm}
        </Modal.Footer>
      </form>
    </Modal>
  )
}
