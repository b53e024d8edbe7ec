// A map of bounded size: what was not used for longest gives way.

export interface RecentOptions<V> {
  /** What a value counts against the bound. Default: 1. */
  readonly sizeOf?: (value: V) => number
  /** Hears of each value that gave way. */
  readonly onGone?: (value: V) => void
}

export class Recent<V> {
  readonly #most: number
  readonly #sizeOf: (value: V) => number
  readonly #onGone: (value: V) => void
  /** In the order of their last use. */
  readonly #values = new Map<string, V>()
  #size = 0

  constructor(most: number, { sizeOf = () => 1, onGone = () => {} }: RecentOptions<V> = {}) {
    this.#most = most
    this.#sizeOf = sizeOf
    this.#onGone = onGone
  }

  /** Without counting as a use. */
  has(key: string): boolean {
    return this.#values.has(key)
  }

  get(key: string): V | undefined {
    const value = this.#values.get(key)
    if (value !== undefined) {
      this.#values.delete(key)
      this.#values.set(key, value)
    }
    return value
  }

  set(key: string, value: V): void {
    this.delete(key)
    this.#values.set(key, value)
    this.#size += this.#sizeOf(value)
    for (const [oldest, gone] of this.#values) {
      if (this.#size <= this.#most) return
      this.delete(oldest)
      this.#onGone(gone)
    }
  }

  delete(key: string): void {
    const value = this.#values.get(key)
    if (value === undefined) return
    this.#values.delete(key)
    this.#size -= this.#sizeOf(value)
  }

  /** Takes all out and gives them, without telling `onGone`. */
  takeAll(): readonly V[] {
    const values = [...this.#values.values()]
    this.#values.clear()
    this.#size = 0
    return values
  }
}
