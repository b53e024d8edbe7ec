// Platforms as clients name them. Pure.

import { Failure } from '../../model/failure.ts'
import { isPlatformWish } from '../../model/platform.ts'

/** Each `os/arch[/variant]` or `all`. Throws `request.invalid`, naming the field and the first that is none. */
export function toPlatforms(field: string, given: readonly string[]): readonly string[] {
  const unknown = given.find((platform) => !isPlatformWish(platform))
  if (unknown === undefined) return given
  const sentence = `${field} names ${JSON.stringify(unknown)}; expected os/arch[/variant] or all.`
  throw new Failure('request.invalid', sentence, { field })
}
