// Reads a part of a file in large chunks.

import { open } from 'node:fs/promises'
import { Failure } from '../../model/failure.ts'
import { onDisk } from './translate.ts'

/** Serving in chunks of this size costs half the processor time of 64 KiB. */
const chunkBytes = 2 ** 20

/** From `from` to `to`, both included. `item.readers` counts it as long as the file is open. */
export async function* readRange(
  path: string,
  item: { readers: number },
  from: number,
  to: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await onDisk('open a blob', () => open(path))
  item.readers++
  try {
    for (let at = from; at <= to;) {
      const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, to - at + 1))
      const { bytesRead } = await onDisk('read a blob', () => file.read(buffer, 0, buffer.length, at))
      if (bytesRead === 0) throw new Failure('peer.broken', 'A file of the embedded cache became shorter while read.')
      yield buffer.subarray(0, bytesRead)
      at += bytesRead
    }
  } finally {
    item.readers--
    await file.close()
  }
}
