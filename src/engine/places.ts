// Who works at a peer at the same time: so many tasks, and of one origin no more than half of them.

import { Lanes } from '../kit/gate.ts'
import { hostOf } from '../model/blob.ts'
import type { Task } from '../model/task.ts'

/** A registry that hangs holds its own half of each peer for as long as it hangs, and leaves the other half free. */
export class Places {
  readonly #atPeer: Lanes
  readonly #ofOrigin: Lanes

  /** `width`: tasks at one peer, 1 or more. */
  constructor(width: number) {
    this.#atPeer = new Lanes(width)
    this.#ofOrigin = new Lanes(Math.ceil(width / 2))
  }

  with<T>({ peer, blob }: Pick<Task, 'peer' | 'blob'>, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
    return this.#ofOrigin.with(`${peer.id} ${hostOf(blob)}`, signal, () => this.#atPeer.with(peer.id, signal, run))
  }
}
