/** Something that is on or off, with its words before it. */

import type { ComponentChildren } from 'preact'

interface Props {
  label: string
  /** What it means, below the label. */
  hint?: string
  isOn: boolean
  onChange(isOn: boolean): void
  children?: ComponentChildren
}

export function Switch({ label, hint, isOn, onChange, children }: Props) {
  return (
    <button
      type="button"
      role="switch"
      class="switch wide"
      aria-checked={isOn}
      aria-label={label}
      onClick={() => onChange(!isOn)}
    >
      <span>
        {label}
        {hint && <span class="hint block">{hint}</span>}
        {children}
      </span>
      <span class="track" />
    </button>
  )
}
