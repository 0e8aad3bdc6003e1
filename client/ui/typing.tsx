/** Who is typing right now. Its place is always there, so that nothing moves. */

import { usePage } from './page.ts'
import { typingText } from './words.ts'

export function Typing() {
  const page = usePage()
  page.beat.value
  const open = page.open.value
  const names = open
    ? open.typists.map((id) => open.member(id)?.name).filter((name) => name !== undefined)
    : []
  const text = typingText(names)
  return (
    <p class={text ? 'typing shown' : 'typing'} role="status">
      {text}
    </p>
  )
}
