/** A dialog over the page, with the browser's own focus trap. When it goes, focus returns to what opened it. */

import type { ComponentChildren, TargetedMouseEvent } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from './icon.tsx'
import { usePage } from './page.ts'

interface Props {
  title: string
  /** It goes only when what it asks for is done. */
  isLasting?: boolean
  children: ComponentChildren
}

export function Dialog({ title, isLasting = false, children }: Props) {
  const page = usePage()
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  const isGone = useRef(false)
  const close = () => {
    page.dialog.value = null
  }

  useLayoutEffect(() => {
    const shown = dialog.current
    const opener = document.activeElement
    shown?.showModal()
    return () => {
      isGone.current = true
      shown?.close()
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
    }
  }, [])

  /** The browser says so a little later: by then, another dialog may stand in the place of this one. */
  const closed = () => {
    if (!isLasting && !isGone.current) close()
  }

  /** A press beside the dialog lands on its backdrop, which is the dialog element itself. */
  const closeOutside = (event: TargetedMouseEvent<HTMLDialogElement>) => {
    if (isLasting || event.target !== event.currentTarget) return
    const box = event.currentTarget.getBoundingClientRect()
    const isInside =
      event.clientX >= box.left &&
      event.clientX <= box.right &&
      event.clientY >= box.top &&
      event.clientY <= box.bottom
    if (!isInside) close()
  }

  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      onCancel={(event) => isLasting && event.preventDefault()}
      onClose={closed}
      onMouseDown={closeOutside}
    >
      <div class="dialog-head">
        <h2 id={heading}>{title}</h2>
        {!isLasting && (
          <button type="button" class="icon-button" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        )}
      </div>
      <div class="dialog-body">{children}</div>
    </dialog>
  )
}
