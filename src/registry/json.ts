// JSON from outside: nothing is believed about its shape.

export type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

/** The members of an object or array; empty for anything else. */
export const asFields = (value: unknown): Fields => (isFields(value) ? value : {})

/** Nothing that is read here nests by more than some ten; a million levels cost a hundred MiB. */
const deepest = 100

/** undefined for what is not JSON, not an object, or nested too deeply. */
export function parseObject(bytes: Buffer): Fields | undefined {
  const text = bytes.toString('utf8')
  if (isDeep(text)) return undefined
  try {
    const parsed: unknown = JSON.parse(text)
    return isFields(parsed) && !Array.isArray(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

/** Of any text, also one that is no JSON. */
function isDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length && depth <= deepest; at++) {
    const character = text[at]
    if (character === '"') at = endOfString(text, at)
    else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
  }
  return depth > deepest
}

/**
 * Whether an object in a valid JSON text names a member twice. RFC 8259 leaves open what that means: one reader takes
 * the first, another the last, and what was verified here would be something else on a node.
 */
export function repeatsMembers(text: string): boolean {
  /** Of the objects around the place where we are; null for an array. */
  const scopes: (Set<string> | null)[] = []
  let expectsName = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') {
      const end = endOfString(text, at)
      if (expectsName && !isNew(scopes.at(-1), text.slice(at, end + 1))) return true
      expectsName = false
      at = end
    } else if (character === '{' || character === '[') {
      expectsName = character === '{'
      scopes.push(expectsName ? new Set() : null)
    } else if (character === '}' || character === ']') scopes.pop()
    else if (character === ',') expectsName = scopes.at(-1) !== null
  }
  return false
}

/** Two spellings of one name are the same name. */
function isNew(names: Set<string> | null | undefined, quoted: string): boolean {
  const name = String(JSON.parse(quoted))
  const isKnown = names?.has(name) === true
  names?.add(name)
  return !isKnown
}

function endOfString(text: string, begin: number): number {
  let at = begin + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
