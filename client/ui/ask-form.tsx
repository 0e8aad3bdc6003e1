/** A form with one line to fill in, which says next to it what went wrong. It knows no command. */

import type { ComponentChildren } from 'preact'
import { useId, useRef, useState } from 'preact/hooks'
import { sentenceOf } from './navigation.ts'

interface Props {
  label: string
  /** Of the button that does it. */
  action: string
  value?: string
  placeholder?: string
  maxLength: number
  /** In the face of a code rather than of a name. */
  isCode?: boolean
  children?: ComponentChildren
  /** Throws what went wrong. */
  onDone(text: string): Promise<void>
}

export function AskForm({ label, action, value, placeholder, maxLength, isCode, children, onDone }: Props) {
  const input = useRef<HTMLInputElement>(null)
  const [why, setWhy] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const id = useId()

  const submit = async (event: Event) => {
    event.preventDefault()
    if (isBusy || !input.current) return
    setBusy(true)
    setWhy(null)
    try {
      await onDone(input.current.value)
    } catch (error) {
      setWhy(sentenceOf(error))
      input.current?.focus()
      input.current?.select()
    } finally {
      setBusy(false)
    }
  }

  return (
    <form class="ask" onSubmit={submit} noValidate>
      <div class="field">
        <label for={id}>{label}</label>
        <input
          ref={input}
          id={id}
          class={isCode ? 'input code' : 'input'}
          type="text"
          defaultValue={value ?? ''}
          placeholder={placeholder ?? ''}
          maxLength={maxLength}
          autocomplete="off"
          autocapitalize={isCode ? 'characters' : 'words'}
          spellcheck={false}
          autofocus
          enterkeyhint="done"
          aria-invalid={why !== null}
          aria-describedby={`${id}-why`}
          onInput={() => setWhy(null)}
        />
        <p id={`${id}-why`} class="error" role="alert">
          {why}
        </p>
      </div>
      {children}
      <div class="dialog-foot">
        <button type="submit" class="button primary" disabled={isBusy}>
          {action}
        </button>
      </div>
    </form>
  )
}
