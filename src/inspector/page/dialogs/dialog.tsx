// What lies over the page until it is closed: it keeps the focus inside, and gives it back.
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { useModel } from '../model/model.ts'
import { MessageLine } from '../views/message-line.tsx'

interface DialogProps {
  readonly title: string
  readonly children: ComponentChildren
  readonly isWide?: boolean
}

export function Dialog({ title, children, isWide = false }: DialogProps) {
  const { dialog } = useModel()
  const element = useRef<HTMLDialogElement>(null)
  const hasFocused = useRef(false)
  const isThere = useRef(true)
  useLayoutEffect(() => {
    const shown = element.current
    shown?.showModal()
    // Only one that is closed gives the focus back; one that is taken away does not.
    return () => {
      isThere.current = false
      shown?.close()
    }
  }, [])
  // The first field may come later than the dialog.
  useEffect(() => {
    const field = element.current?.querySelector<HTMLElement>('textarea, input, select')
    if (hasFocused.current || field == null) return
    hasFocused.current = true
    field.focus()
  })
  // The browser says a little later that it has closed one: the next may be open by then.
  const close = (): void => {
    if (isThere.current) dialog.set(null)
  }
  return (
    <dialog
      ref={element}
      class={isWide ? 'wide' : undefined}
      aria-labelledby="dialog-title"
      onClose={close}
      onCancel={close}
    >
      <header class="dialog-head">
        <h2 id="dialog-title">{title}</h2>
        <button type="button" class="button close" aria-label="Close (Esc)" onClick={close}>
          ×
        </button>
      </header>
      {children}
      {/* Everything else is out of reach meanwhile, for screen readers too. */}
      <MessageLine />
    </dialog>
  )
}
