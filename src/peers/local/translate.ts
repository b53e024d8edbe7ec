// What the disk says, as a Failure for people.

import { shortDigest } from '../../model/digest.ts'
import type { Blob } from '../../model/blob.ts'
import { Failure } from '../../model/failure.ts'

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** Runs an act on the disk; what it throws becomes `peer.full` or `peer.broken`. `what` completes "could not …". */
export async function onDisk<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (thrown) {
    throw diskFailure(what, thrown)
  }
}

function diskFailure(what: string, thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown
  const code = codeOf(thrown)
  if (full.has(code)) {
    return new Failure('peer.full', `The embedded cache could not ${what}: no space is left on its disk.`, {
      cause: thrown,
    })
  }
  return new Failure('peer.broken', `The embedded cache could not ${what}: ${code}.`, { cause: thrown })
}

/** The system's name for the error, such as EIO. */
export function codeOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return typeof code === 'string' ? code : 'unknown error'
}

/** What a blob is called in a sentence: never its whole address, which may be long. */
export const nameOf = (blob: Blob): string => (blob.digest === null ? blob.url : shortDigest(blob.digest))

export function inMiB(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}
