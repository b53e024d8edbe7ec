// What a task says about itself, for people. Pure.

import type { Task } from '../../../api/types.ts'
import { bytes } from '../../../format.ts'

const proofs = {
  digest: 'The very bytes that the peer serves were read and hashed.',
  pieces: 'The peer named every piece of it.',
  'peer-header': 'Asked again, the peer said in its answer that it comes from its cache.',
  'peer-status': 'The peer said that it holds it, by a status that only a held blob gets or in so many words.',
} as const satisfies Record<NonNullable<Task['proof']>, string>

/** How it is known that the peer holds the blob. */
export const proofOf = ({ proof }: Task): string => (proof === null ? '–' : proofs[proof])

const sources = {
  origin: 'the origin',
  peer: 'other peers',
  local: 'the peer itself, which held it already',
} as const satisfies Record<NonNullable<Task['source']>, string>

/** Where all or most of the bytes came from. */
export const sourceOf = ({ source }: Task): string => (source === null ? '–' : sources[source])

/** What came from where, as far as it is known. */
export function movedOf({ moved }: Task): string {
  const parts = (['origin', 'peer', 'local'] as const).flatMap((from) => {
    const count = moved[from]
    return count === undefined ? [] : [`${bytes(count)} from ${from === 'local' ? 'before' : sources[from]}`]
  })
  return parts.length === 0 ? '–' : parts.join(', ')
}

/** `3.1 MiB of 4 MiB`. */
export const bytesOf = ({ bytes: here, blob }: Task): string =>
  blob.size === null || here === blob.size ? bytes(here) : `${bytes(here)} of ${bytes(blob.size)}`
