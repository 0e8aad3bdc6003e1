/** The people of one open room: those who are known, and how the others are fetched. */

import type { Answered, Sent } from '../src/features/index.ts'
import type { WireOf } from '../src/state/records.ts'
import type { Room } from '../src/state/room.ts'
import { Wanted } from './wanted.ts'

/** Members of one page. */
const PAGE = 200

type List = (fields: Sent<'member.list'>) => Promise<Answered<'member.list'>>

export class People {
  readonly #room: Room
  readonly #list: List
  readonly #changed: () => void
  readonly #wanted: Wanted
  #last: string | undefined
  #hasAll = false

  constructor(room: Room, list: List, changed: () => void) {
    this.#room = room
    this.#list = list
    this.#changed = changed
    this.#wanted = new Wanted((ids) => this.#learn({ room: room.id, ids }))
  }

  /** Somebody unknown is asked for. */
  get(id: string): WireOf<'member'> | undefined {
    const member = this.#room.get('member', id)
    if (!member) this.#wanted.want(id)
    return member
  }

  /** All who are known and have not left. */
  all(): WireOf<'member'>[] {
    return this.#room.all('member').filter((member) => member.left === null)
  }

  /** Fetches the next page of all; `false`: there are no more. */
  async load(): Promise<boolean> {
    if (this.#hasAll) return false
    const after = this.#last
    const page = await this.#learn({
      room: this.#room.id,
      limit: PAGE,
      ...(after !== undefined && { after }),
    })
    if (after === this.#last) {
      this.#last = page.records.at(-1)?.id
      this.#hasAll = !page.more
    }
    return !this.#hasAll
  }

  /** The window is another, or the connection: what was read has to be read again. */
  forget(): void {
    this.#wanted.forget()
    this.#last = undefined
    this.#hasAll = false
  }

  async #learn(fields: Sent<'member.list'>): Promise<Answered<'member.list'>> {
    const page = await this.#list(fields)
    this.#room.merge(page.records, null)
    this.#changed()
    return page
  }
}
