/** Records that are missing and wanted, by id: gathered for one turn, then fetched together, each once. */

/** Ids of one question. */
const MOST_AT_ONCE = 100
/** Ids remembered as asked for; then it begins anew, and those that do not exist are asked for once more. */
const MOST_ASKED = 5_000

export class Wanted {
  readonly #fetch: (ids: string[]) => Promise<void>
  readonly #asked = new Set<string>()
  #next: string[] = []

  /** `fetch` rejects when the ids may be asked for again. */
  constructor(fetch: (ids: string[]) => Promise<void>) {
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
      const ids = due.slice(from, from + MOST_AT_ONCE)
      this.#fetch(ids).catch(() => {
        // Lost or refused for now: whoever still shows them will want them again.
        for (const id of ids) this.#asked.delete(id)
      })
    }
  }
}
