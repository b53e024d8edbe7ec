// A platform as a setting.

import { parsePlatform } from '../model/platform.ts'
import { text, type Read } from './read.ts'

/** `os/arch[/variant]`, or `all`. */
export const platform: Read<string> = (value) => {
  const read = text(value)
  if (read === 'all' || parsePlatform(read) !== undefined) return read
  throw new RangeError('a platform such as linux/arm64, or all')
}
