/** Records that are missing and wanted, by id: gathered for one turn, then fetched together, each once. */

/** Ids of one question. */
const MOST_AT_ONCE = 100
/** Ids remembered as asked for; then it begins anew, and those that do not exist are asked for once more. */
const MOST_ASKED = 5_000

/** Fetches what is missing; `more`: what did not come did not fit, and may be there all the same. */
type Fetch = (ids: string[]) => Promise<{ records: readonly { id: string }[]; more: boolean }>

export class Wanted {
  readonly #fetch: Fetch
  readonly #asked = new Set<string>()
  #next: string[] = []

  /** `fetch` rejects when the ids may be asked for again. */
  constructor(fetch: Fetch) {
    this.#fetch = fetch
  }

  want(id: string): void {
    if (this.#asked.has(id)) return
    if (this.#asked.size >= MOST_ASKED) this.forget()
    this.#asked.add(id)
    if (this.#next.push(id) === 1) queueMicrotask(() => this.#flush())
  }

  /** Whatever was asked for may be asked for again. */
  forget(): void {
    this.#asked.clear()
  }

  #flush(): void {
    const due = this.#next
    this.#next = []
    for (let from = 0; from < due.length; from += MOST_AT_ONCE) {
      void this.#ask(due.slice(from, from + MOST_AT_ONCE))
    }
  }

  /** Asks for the rest until all have come that are there. */
  async #ask(ids: readonly string[]): Promise<void> {
    let left = [...ids]
    try {
      for (let more = true; more && left.length > 0; ) {
        const page = await this.#fetch(left)
        const came = new Set(page.records.map(({ id }) => id))
        const rest = left.filter((id) => !came.has(id))
        more = page.more && rest.length < left.length
        left = rest
      }
    } catch {
      // Lost or refused for now: whoever still shows them will want them again.
      for (const id of left) this.#asked.delete(id)
    }
  }
}
