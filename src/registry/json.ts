// JSON from outside: nothing is believed about its shape.

export type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

/** The members of an object or array; empty for anything else. */
export const asFields = (value: unknown): Fields => (isFields(value) ? value : {})

/** undefined for what is not JSON or not an object. */
export function parseObject(bytes: Buffer): Fields | undefined {
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'))
    return isFields(parsed) && !Array.isArray(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}
