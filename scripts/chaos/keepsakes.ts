/** What stood in rooms when they were judged, in a few bytes each: much later it must stand there still. */

import type { Reading } from './history.ts'
import { History, hashOf } from './history.ts'
import { Member } from './member.ts'
import type { Stage } from './stage.ts'
import { within } from './stage.ts'
import type { Workload } from './workload.ts'

/** ms for one to come in. */
const PATIENCE = 10_000

interface Keepsake {
  readonly room: string
  /** Somebody who may read it. */
  readonly person: string
  readonly token: string
  readonly digest: string
}

export class Keepsakes {
  /** Messages that are there. */
  messages = 0
  readonly #all: Keepsake[] = []

  /** After the rooms were read whole and judged. */
  keep({ rooms, writers }: Workload, history: History): void {
    const { person, token } = writers[0]!.options
    for (const room of rooms) {
      const final = wholeOf(history, room)
      if (!final) continue
      this.messages += final.seen.length
      this.#all.push({ room, person, token, digest: digestOf(final) })
    }
  }

  /** Reads each room once more. */
  async compare(stage: Stage, port: number, promise: string): Promise<void> {
    for (const { room, person, token, digest } of this.#all) {
      const history = new History()
      const reader = new Member({
        history,
        person,
        token,
        ear: 'keeper',
        random: stage.random,
        port: () => port,
      })
      await within(PATIENCE, reader.start())
      const isRead = await reader.look(room)
      reader.close()
      const now = wholeOf(history, room)
      const isSame = isRead && now !== undefined && digestOf(now) === digest
      stage.expect(isSame, promise, `${room} is not as it was when it was judged`)
    }
  }
}

const wholeOf = ({ readings }: History, of: string) =>
  readings.findLast(({ how, from, room }) => how === 'history' && from === 0 && room === of)

const digestOf = ({ seen }: Reading) =>
  hashOf(seen.map(({ id, born, hash, by, isEdited }) => `${id} ${born} ${hash} ${by} ${isEdited}`).join('\n'))
