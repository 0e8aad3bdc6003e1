/** What a browser calls `localStorage`, which takes so many characters and no more. */

export class SmallStorage {
  readonly #most: number

  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most
  }

  /** In the place of the browser's own. */
  static install(most?: number): void {
    Object.defineProperty(globalThis, 'localStorage', { value: new SmallStorage(most), configurable: true })
  }

  getItem(name: string): string | null {
    return Object.hasOwn(this, name) ? String(Reflect.get(this, name)) : null
  }

  setItem(name: string, value: string): void {
    const others = Object.entries(this).filter(([other]) => other !== name)
    if ([...others, [name, value]].flat().join('').length > this.#most)
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
    Reflect.set(this, name, value)
  }

  removeItem(name: string): void {
    Reflect.deleteProperty(this, name)
  }
}
