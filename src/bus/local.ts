/**
 * The bus of a server that is alone: whoever listens hears before `publish` returns, in order of subscription. News
 * published by a hearer waits until everybody has heard the one before; it never overtakes.
 */

import type { Bus, Cancel, Log, News } from '../engine/ports.ts'

export class LocalBus implements Bus {
  readonly #log: Log
  readonly #hearers = new Set<{ hear(news: News): void }>()
  /** Holds more than one only while a hearer publishes. */
  readonly #waiting: News[] = []
  #isTelling = false

  constructor(log: Log) {
    this.#log = log
  }

  publish(news: News): void {
    this.#waiting.push(news)
    if (this.#isTelling) return
    this.#isTelling = true
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) this.#tell(next)
    this.#isTelling = false
  }

  subscribe(hear: (news: News) => void): Cancel {
    // An object of its own, so that the same function can be subscribed twice and cancelled once.
    const hearer = { hear }
    this.#hearers.add(hearer)
    return () => {
      this.#hearers.delete(hearer)
    }
  }

  async close(): Promise<void> {
    this.#hearers.clear()
  }

  #tell(news: News): void {
    // A copy: whoever subscribes meanwhile hears from the next on; whoever has cancelled hears no more.
    for (const hearer of [...this.#hearers]) {
      if (!this.#hearers.has(hearer)) continue
      try {
        hearer.hear(news)
      } catch (error) {
        this.#log.error('bus.hearer', { kind: news.kind, error })
      }
    }
  }
}
