/** Asks until there is an answer, as a client does whose connection breaks. It never gives up by itself. */

import type { Member } from './member.ts'
import type { Answer } from './wire.ts'

export async function insist(member: Member, frame: object): Promise<Answer> {
  for (;;) {
    await member.connected()
    const answer = await member.ask(frame)
    if (answer.kind !== 'gone' && !(answer.kind === 'no' && answer.retry !== null)) return answer
  }
}
