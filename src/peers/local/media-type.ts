// The media type of a manifest, kept in a small file beside it.

import { readIfThere } from './files.ts'

export const plainBytes = 'application/octet-stream'

/** RFC 6838, 4.2, both names; anything else must not become a header. */
const grammar = /^[a-z0-9][\w!#$&^.+-]{0,126}\/[a-z0-9][\w!#$&^.+-]{0,126}$/i

/** undefined where none is kept, or what is kept is not a media type. */
export async function mediaTypeAt(path: string): Promise<string | undefined> {
  const text = await readIfThere(path)
  return text !== undefined && grammar.test(text) ? text : undefined
}
