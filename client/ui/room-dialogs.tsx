/** The two ways into another room: making one, and joining with a code. */

import { useState } from 'preact/hooks'
import { Refused } from '../errors.ts'
import { codeIn } from './address.ts'
import { AskForm } from './ask-form.tsx'
import { Dialog } from './dialog.tsx'
import { useNavigation } from './navigation.ts'
import { usePage } from './page.ts'
import { Switch } from './switch.tsx'

export function NewRoomDialog() {
  const page = usePage()
  const navigation = useNavigation()
  const [vanish, setVanish] = useState(false)
  const create = async (name: string) => {
    if (name.trim() === '') throw new Refused('bad_frame', 'Give the room a name first.')
    const room = await page.chat.create(name, { vanish })
    page.dialog.value = null
    navigation.go(room)
  }
  return (
    <Dialog title="New room">
      <AskForm
        label="Room name"
        action="Create"
        placeholder="Tea at five"
        maxLength={2 * (page.limits.value?.roomName ?? 80)}
        onDone={create}
      >
        <Switch
          label="Vanish when everybody has left"
          hint="The room, its messages and its code are gone for good."
          isOn={vanish}
          onChange={setVanish}
        />
        <p class="hint">You get a code and a link to share. Only who has them can come in.</p>
      </AskForm>
    </Dialog>
  )
}

export function JoinDialog() {
  const page = usePage()
  const navigation = useNavigation()
  const join = async (typed: string) => {
    const code = codeIn(typed)
    if (code === null)
      throw new Refused('bad_frame', 'A code has 10 letters and digits, like 7K2QF-M9XTA. Check it again.')
    const room = await page.chat.join(code)
    page.dialog.value = null
    navigation.go(room)
  }
  return (
    <Dialog title="Join with a code">
      <AskForm label="Code" action="Join" placeholder="7K2QF-M9XTA" maxLength={200} isCode onDone={join}>
        <p class="hint">Capitals, spaces and dashes do not matter. A pasted link works too.</p>
      </AskForm>
    </Dialog>
  )
}
