// How slow an answer may be: one timer for each exchange, and none for its pieces.

import { HttpFault } from './http-fault.ts'

export interface PaceLimits {
  /** From the request to the last of the answer's headers, whatever comes before it. */
  readonly firstByteMs: number
  /** One window of the body, not counting the time in which the reader was not ready for more. */
  readonly noProgressMs: number
}

/**
 * Of one window, else a server could hold a connection forever with a byte now and then. In the usual window of a
 * minute it is 68 bytes a second, which any link that carries images gives.
 */
const leastBytes = 4 * 1024
/** In which a body that is read whole has to end. Those have 4 MiB at most: in five minutes 128 kbit/s will do. */
const mostWindows = 5

/** Watches one answer from the moment when its request went out. */
export class Pace {
  readonly #limits: PaceLimits
  readonly #mostWindows: number
  readonly #onFault: (fault: HttpFault) => void
  #timer: NodeJS.Timeout | undefined
  #windows = 0
  /** In this window. */
  #bytes = 0
  #waitedMs = 0
  /** Since when the reader is not ready. */
  #waitsFromMs: number | undefined

  /** `whole`: the body is read whole, and there is an end to its time too. */
  constructor(limits: PaceLimits, whole: boolean, onFault: (fault: HttpFault) => void) {
    this.#limits = limits
    this.#mostWindows = whole ? mostWindows : Number.POSITIVE_INFINITY
    this.#onFault = onFault
  }

  requestSent(): void {
    const { firstByteMs } = this.#limits
    const tooLate = () => this.#onFault(new HttpFault('first-byte-timeout', `no answer within ${firstByteMs} ms`))
    this.#timer = setTimeout(tooLate, firstByteMs)
  }

  headersCame(): void {
    this.stop()
    this.#openWindow()
  }

  bytesCame(count: number): void {
    this.#bytes += count
  }

  readerWaits(): void {
    this.#waitsFromMs ??= performance.now()
  }

  readerGoesOn(): void {
    this.#waitedMs = this.#takeWaited()
    this.#waitsFromMs = undefined
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #openWindow(): void {
    this.#windows++
    this.#bytes = 0
    this.#timer = setTimeout(() => this.#closeWindow(), this.#limits.noProgressMs)
  }

  #closeWindow(): void {
    const waited = this.#takeWaited()
    if (this.#bytes >= leastBytes && this.#windows < this.#mostWindows) {
      this.#openWindow()
    } else if (waited > 0) {
      // As much longer; and where the reader is not ready in that time either, longer still.
      this.#timer = setTimeout(() => this.#closeWindow(), waited)
    } else {
      this.#onFault(new HttpFault('no-progress', `${this.#bytes} bytes in the last ${this.#limits.noProgressMs} ms`))
    }
  }

  /** How long the reader was not ready since this was last asked. */
  #takeWaited(): number {
    const now = performance.now()
    const waited = this.#waitedMs + (this.#waitsFromMs === undefined ? 0 : now - this.#waitsFromMs)
    this.#waitedMs = 0
    if (this.#waitsFromMs !== undefined) this.#waitsFromMs = now
    return waited
  }
}
