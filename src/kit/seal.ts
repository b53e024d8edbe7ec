// Keeps small secrets in a row that a reader of the database cannot use: AES-256-GCM, a fresh nonce each time.

import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16

export class Sealer {
  readonly #key: Buffer

  /** Any string of enough entropy; its sha256 is the key. */
  constructor(passphrase: string) {
    this.#key = createHash('sha256').update(passphrase).digest()
  }

  /** `context` must be the same when opening, so that a sealed value cannot be moved to another row. */
  seal(text: string, context: string): Buffer {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(context))
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), body])
  }

  /** undefined: sealed with another key or for another context, or damaged. */
  open(sealed: Buffer, context: string): string | undefined {
    if (sealed.length < nonceBytes + tagBytes) return undefined
    const nonce = sealed.subarray(0, nonceBytes)
    const tag = sealed.subarray(nonceBytes, nonceBytes + tagBytes)
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: tagBytes })
      decipher.setAAD(Buffer.from(context)).setAuthTag(tag)
      return Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8')
    } catch {
      return undefined
    }
  }
}
