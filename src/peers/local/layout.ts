// Where things lie in the cache's directory. A key is a path below that directory.

import { createHash } from 'node:crypto'
import { algorithmOf, hexOf, parseDigest } from '../../model/digest.ts'
import type { Digest } from '../../model/digest.ts'

export const partialFolder = 'partial'
export const namesFolder = 'names'
export const blobFolders = ['blobs/sha256', 'blobs/sha512'] as const

/** Complete and verified; never written again. */
export const blobKey = (digest: Digest): string =>
  `blobs/${algorithmOf(digest)}/${hexOf(digest).slice(0, 2)}/${hexOf(digest)}`

export const isBlobKey = (key: string): boolean => key.startsWith('blobs/')

/** Beside a manifest: its media type, as the registry said it. */
export const typeKey = (blob: string): string => `${blob}.type`

/** A download that can be taken up again: its name says what it is to become. */
export const partialKey = (digest: Digest): string => `${partialFolder}/${hexOf(digest)}`
const resumable = /^(?:[0-9a-f]{64}|[0-9a-f]{128})$/
export const isResumable = (partialName: string): boolean => resumable.test(partialName)

/** A file that nothing finds again after a restart: it is removed then. `unique` makes it nobody else's. */
export const temporaryKey = (unique: string): string => `${partialFolder}/once-${unique}`

/** Hashed, because a name comes from a client and must not choose a path. */
export const nameKey = (name: string): string => `${namesFolder}/${createHash('sha256').update(name).digest('hex')}`

/** The digest that a file in a blob folder stands for; undefined for side files and strangers. */
export function digestOfFile(folder: string, name: string): Digest | undefined {
  return parseDigest(`${folder.slice('blobs/'.length)}:${name}`)
}
