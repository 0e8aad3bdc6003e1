/** Changing one's name: seen by everybody at once. */

import { Refused } from '../errors.ts'
import { AskForm } from './ask-form.tsx'
import { Avatar } from './avatar.tsx'
import { Dialog } from './dialog.tsx'
import { usePage } from './page.ts'

export function NameDialog() {
  const page = usePage()
  const me = page.me.value
  const save = async (name: string) => {
    if (name.trim() === '') throw new Refused('bad_frame', 'A name needs at least one visible character.')
    if (name.trim() !== me.name) await page.chat.rename(name)
    page.dialog.value = null
  }
  return (
    <Dialog title="Your name">
      <div class="portrait">
        <Avatar id={me.id} />
      </div>
      <AskForm
        label="Name"
        action="Save"
        value={me.name}
        maxLength={2 * (page.limits.value?.name ?? 40)}
        onDone={save}
      >
        <p class="hint">Everybody sees it at once, on your older messages too.</p>
      </AskForm>
    </Dialog>
  )
}
