/** The switch that makes the next messages disappear, and after how long. */

import { Icon } from './icon.tsx'
import { usePage } from './page.ts'
import { lifetime } from './times.ts'

/** ms; the server's own default comes first. */
const choices = [10_000, 60_000, 3_600_000, 86_400_000]

interface Props {
  /** Lifetime in ms; `null`: they stay. */
  ttl: number | null
  onChange(ttl: number | null): void
}

export function Temporary({ ttl, onChange }: Props) {
  const page = usePage()
  const limits = page.limits.value
  const usual = limits?.ttl ?? 10_000
  const offered = [...new Set([usual, ...choices])]
    .filter((one) => !limits || (one >= limits.ttlMin && one <= limits.ttlMax))
    .sort((a, b) => a - b)
  return (
    <span class="temporary">
      <button
        type="button"
        role="switch"
        class="switch"
        aria-checked={ttl !== null}
        aria-label="Temporary"
        title="Temporary: the message disappears by itself"
        onClick={() => onChange(ttl === null ? usual : null)}
      >
        <Icon name="timer" />
        <span class="switch-word">Temporary</span>
      </button>
      {ttl !== null && (
        <select
          class="lifetime figures"
          aria-label="Lifetime"
          value={String(ttl)}
          onChange={(event) => onChange(Number(event.currentTarget.value))}
        >
          {offered.map((one) => (
            <option key={one} value={String(one)}>
              {lifetime(one)}
            </option>
          ))}
        </select>
      )}
    </span>
  )
}
