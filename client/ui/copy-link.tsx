/** Puts a link on the clipboard and says so. */

import { useEffect, useState } from 'preact/hooks'
import { copyText } from './clipboard.ts'
import { Icon } from './icon.tsx'

interface Props {
  link: string
  label?: string
  isPrimary?: boolean
}

export function CopyLink({ link, label = 'Copy link', isPrimary }: Props) {
  const [said, say] = useState<string | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => say(null), 2_500)
    return () => clearTimeout(timer)
  }, [said])
  const copy = async () => {
    say((await copyText(link)) ? 'Copied' : 'This browser does not allow copying: select the link by hand.')
  }
  return (
    <span class="copy">
      <button type="button" class={isPrimary ? 'button primary' : 'button'} aria-label={label} onClick={copy}>
        <Icon name={said === 'Copied' ? 'check' : 'link'} />
        <span class="label" aria-hidden="true">
          {said === 'Copied' ? said : label}
        </span>
      </button>
      <span class={said && said !== 'Copied' ? 'error' : 'hidden-text'} aria-live="polite">
        {said}
      </span>
    </span>
  )
}
