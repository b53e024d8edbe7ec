// Settings that live in files: whoever asks gets what the file says now.

import { readFileSync, statSync } from 'node:fs'

/** A value, or a way to what it is by now. T is never itself a function. */
export type Live<T> = T | (() => T)

export const current = <T>(live: Live<T>): T => (typeof live === 'function' ? (live as () => T)() : live)

/** Between two looks at the file. */
const lookEveryMs = 1_000
/** Of certificates, keys and credentials; a bundle of every public authority has a quarter of it. */
const mostBytes = 1024 * 1024

export interface WatchOptions {
  readonly accepts: (text: string) => boolean
  /** Told once per change, in a sentence that holds nothing of the file's text. */
  readonly onTrouble: (sentence: string) => void
  /** Milliseconds that never go back. */
  readonly now?: () => number
}

/**
 * Reads the file at once, and throws where it cannot be read or is not accepted. What is returned gives the file's
 * text: at most once a second it looks whether the file has changed and then reads it again. When it is gone or no
 * longer accepted, the last good text stays.
 */
export function watchedText(path: string, options: WatchOptions): () => string {
  const { accepts, onTrouble, now = () => performance.now() } = options
  let stamp = stampOf(path)
  let text = readAccepted(path, accepts)
  let lookedMs = now()
  let told = ''

  const look = () => {
    let seen = 'gone'
    try {
      seen = stampOf(path)
      if (seen === stamp) return
      text = readAccepted(path, accepts)
      stamp = seen
      told = ''
    } catch (error) {
      stamp = '' // read again at the next look, also where the file comes back as it was
      const why = error instanceof Error ? error.message : String(error)
      const trouble = `${seen} ${why}`
      if (trouble !== told) onTrouble(`${why}; what the file said before stays in use.`)
      told = trouble
    }
  }
  return () => {
    if (now() - lookedMs >= lookEveryMs) {
      lookedMs = now()
      look()
    }
    return text
  }
}

/** Other for every other content: a file that is replaced has another inode, one that is written another time. */
function stampOf(path: string): string {
  const { mtimeNs, size, ino } = statSync(path, { bigint: true })
  return `${mtimeNs} ${size} ${ino}`
}

function readAccepted(path: string, accepts: (text: string) => boolean): string {
  const about = statSync(path)
  // A pipe would be waited for, and a device may have no end.
  if (!about.isFile() || about.size > mostBytes) throw new Error(`${path} is not a file of at most ${mostBytes} bytes`)
  const text = readFileSync(path, 'utf8')
  if (!accepts(text)) throw new Error(`${path} does not hold what is expected there`)
  return text
}
