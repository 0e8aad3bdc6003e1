/** After logging out, or when the server has ended the session: how to come in again. */

import { useEffect } from 'preact/hooks'
import { AskForm } from './ask-form.tsx'
import { Dialog } from './dialog.tsx'
import { useNavigation } from './navigation.ts'
import { usePage } from './page.ts'

export function Farewell() {
  const page = usePage()
  const navigation = useNavigation()
  useEffect(() => page.forget(), [page])
  const login = async (name: string) => {
    await page.chat.login(name.trim() === '' ? undefined : name)
    await page.chat.ready()
    await navigation.follow()
  }
  return (
    <Dialog title="You are outside" isLasting>
      <p>{page.ended.value}</p>
      <p class="hint">Come in again as a guest. Without a name you are given one.</p>
      <AskForm label="Name" action="Log in" placeholder="Any name" maxLength={80} onDone={login} />
    </Dialog>
  )
}
