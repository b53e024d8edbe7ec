// A platform as a setting.

import { isPlatformWish } from '../model/platform.ts'
import { text, type Read } from './read.ts'

/** `os/arch[/variant]`, or `all`. */
export const platform: Read<string> = (value) => {
  const read = text(value)
  if (isPlatformWish(read)) return read
  throw new RangeError('a platform such as linux/arm64, or all')
}
