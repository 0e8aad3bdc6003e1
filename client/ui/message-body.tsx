/** What somebody wrote, with web addresses to press. Text stays text: nothing in it becomes markup. */

import { piecesOf } from './links.ts'
import { memo } from './memo.tsx'

const fewEmoji = /^(?:\p{RGI_Emoji}\s*){1,3}$/v

export const MessageBody = memo(({ text }: { text: string }) => (
  <span dir="auto" class={text.length < 64 && fewEmoji.test(text.trim()) ? 'body big' : 'body'}>
    {piecesOf(text).map((piece) =>
      piece.href === null ? (
        piece.text
      ) : (
        <a href={piece.href} target="_blank" rel="noopener noreferrer">
          {piece.text}
        </a>
      ),
    )}
  </span>
))
