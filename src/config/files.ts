// Settings that name a file: what has to be in it, and its text as it is whenever somebody asks.

import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Live } from '../kit/live.ts'
import { text, type Read } from './read.ts'

/**
 * The returned function gives the file's text as it is now, or was when it was last accepted. Throws when the file
 * cannot be read or is not accepted.
 */
export type Watch = (path: string, accepts: (content: string) => boolean) => () => string

/** What a file is to hold. */
export interface Content {
  readonly what: string
  readonly accepts: (content: string) => boolean
}

const certificateBegins = '-----BEGIN CERTIFICATE-----'

export const certificates: Content = {
  what: 'a PEM certificate',
  // Each of a bundle: one that cannot be read would make every connection fail, long after the start.
  accepts: (content) => {
    const [, ...each] = content.split(certificateBegins)
    return each.length > 0 && each.every((rest) => succeeds(() => new X509Certificate(certificateBegins + rest)))
  },
}

export const privateKey: Content = {
  what: 'a PEM private key without a passphrase',
  accepts: (content) => succeeds(() => createPrivateKey(content)),
}

export const password: Content = { what: 'a password', accepts: (content) => withoutNewline(content) !== '' }

export const jsonObject: Content = {
  what: 'a JSON object',
  accepts: (content) => content.trimStart().startsWith('{') && succeeds(() => JSON.parse(content)),
}

/** Editors and `echo` leave one at the end of a file; it is no part of a password. */
export const withoutNewline = (content: string): string => content.replace(/\r?\n$/, '')

export const isKeyOf = (key: string, certificate: string): boolean =>
  new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))

/** A file's content, given where its path belongs. Never shown: it may be a secret. */
export const isContent = (value: unknown): boolean => typeof value === 'string' && /^\s*\{|-----BEGIN|\n/.test(value)

/** The path of a file that is read again whenever it changes. */
export const fileWith =
  ({ what, accepts }: Content, watch: Watch): Read<() => string> =>
  (value) => {
    const path = text(value)
    const seen = { read: false }
    try {
      return watch(path, (content) => {
        seen.read = true
        return accepts(content)
      })
    } catch {
      throw new RangeError(seen.read ? `a file with ${what} in it` : 'the path of a file that can be read')
    }
  }

/** PEM text, given as such or as the path of a file. Dragonfly's caCert takes both. */
export const pem =
  (content: Content, watch: Watch): Read<Live<string>> =>
  (value) => {
    const given = text(value)
    if (!given.includes('-----BEGIN')) return fileWith(content, watch)(given)
    if (content.accepts(given)) return given
    throw new RangeError(`${content.what}, or the path of a file with one`)
  }

function succeeds(act: () => unknown): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}
