/**
 * Keeps the place in a list that grows at both ends: at the newest it stays at the newest, and whoever reads older
 * ones is never moved. It knows elements and pixels, but no messages.
 */

/** So near to the end counts as at the end; px. */
const NEAR = 40

export class ScrollKeeper {
  readonly #box: HTMLElement
  readonly #content: HTMLElement
  readonly #sizes: ResizeObserver
  /** The row at the top edge, and its distance from it. */
  #anchor: Element | null = null
  #distance = 0
  #isAtEnd = true

  constructor(box: HTMLElement, content: HTMLElement) {
    this.#box = box
    this.#content = content
    this.#sizes = new ResizeObserver(() => this.hold())
    this.#sizes.observe(box)
    this.#sizes.observe(content)
  }

  get isAtEnd(): boolean {
    return this.#isAtEnd
  }

  /** px from the top edge to the very first row. */
  get fromTop(): number {
    return this.#box.scrollTop
  }

  get fromEnd(): number {
    const { scrollHeight, scrollTop, clientHeight } = this.#box
    return scrollHeight - scrollTop - clientHeight
  }

  /** To be called on every scroll: remembers where the reader is. `isLast`: nothing is hidden below the rows. */
  note(isLast: boolean): void {
    this.#isAtEnd = isLast && this.fromEnd <= NEAR
    this.#anchor = this.#rowAtTop()
    if (this.#anchor) this.#distance = this.#distanceOf(this.#anchor)
  }

  /** To be called after every change of the rows: puts the reader back where they were. */
  hold(): void {
    if (this.#isAtEnd) {
      this.#box.scrollTop = this.#box.scrollHeight
      return
    }
    if (!this.#anchor?.isConnected) return
    const moved = this.#distanceOf(this.#anchor) - this.#distance
    if (Math.abs(moved) >= 1) this.#box.scrollTop += moved
  }

  toEnd(): void {
    this.#isAtEnd = true
    this.hold()
  }

  /** Puts a row a little below the top edge, if it is above it. */
  upTo(row: Element): void {
    this.hold()
    const distance = this.#distanceOf(row)
    if (distance >= 0) return
    this.#isAtEnd = false
    this.#box.scrollTop += distance - this.#box.clientHeight / 4
    this.note(true)
  }

  stop(): void {
    this.#sizes.disconnect()
  }

  #distanceOf(row: Element): number {
    return row.getBoundingClientRect().top - this.#box.getBoundingClientRect().top
  }

  /** Rows stand in order, so that a few looks find it. */
  #rowAtTop(): Element | null {
    const rows = this.#content.children
    let low = 0
    let high = rows.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      const row = rows[middle]!
      if (this.#distanceOf(row) + row.clientHeight > 0) high = middle
      else low = middle + 1
    }
    // Days and hints have no id: they move when older rows come.
    let lasting = low
    while (lasting < rows.length && rows[lasting]!.id === '') lasting++
    return rows[lasting] ?? rows[low] ?? null
  }
}
