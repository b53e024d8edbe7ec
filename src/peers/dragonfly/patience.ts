// How long a stream of news is waited for: briefly for a connection, long between two messages.

/** Until a peer that does not even refuse counts as unreachable; the system would wait for two minutes. */
const connectMs = 10_000

export interface PatienceOptions {
  /** Between two messages, and until the first. */
  readonly quietMs: number
  /** There is a connection. */
  readonly isConnected: () => boolean
  /** Told once, when it is over. */
  readonly onEnd: (why: 'quiet' | 'unconnected') => void
}

export class Patience {
  readonly #options: PatienceOptions
  #timer: NodeJS.Timeout

  constructor(options: PatienceOptions) {
    this.#options = options
    const { quietMs, isConnected } = options
    this.#timer = isConnected() ? this.#untilQuiet() : setTimeout(() => this.#look(), Math.min(connectMs, quietMs))
  }

  /** There is news. */
  renew(): void {
    this.#timer.refresh()
  }

  /** Nothing is waited for any more. */
  end(): void {
    clearTimeout(this.#timer)
  }

  #look(): void {
    if (this.#options.isConnected()) this.#timer = this.#untilQuiet()
    else this.#options.onEnd('unconnected')
  }

  #untilQuiet(): NodeJS.Timeout {
    return setTimeout(() => this.#options.onEnd('quiet'), this.#options.quietMs)
  }
}
