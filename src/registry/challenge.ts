// WWW-Authenticate, parsed: RFC 9110 section 11.6.1, and the Bearer parameters of distribution's token specification.

export interface Challenge {
  /** Lower case. */
  readonly scheme: string
  /** Lower-case names; of a repeated one the first. */
  readonly parameters: ReadonlyMap<string, string>
}

const separators = /[\s,]*/y
const word = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y
const equals = /[ \t]*=/y
const token68 = /[ \t]+[A-Za-z0-9._~+/-]+=*[ \t]*(?=,|$)/y
/** The value is quoted, with quoted pairs; some registries leave the quotes away, even around an address. */
const parameterValue = /[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/y

/** All challenges of all headers, in order. What is malformed ends the header, and what came before it counts. */
export function parseChallenges(headers: string | readonly string[] | undefined): readonly Challenge[] {
  const list = headers === undefined ? [] : typeof headers === 'string' ? [headers] : headers
  return list.flatMap(parseHeader)
}

function parseHeader(text: string): readonly Challenge[] {
  const challenges: { readonly scheme: string; readonly parameters: Map<string, string> }[] = []
  let at = 0
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match !== null) at = pattern.lastIndex
    return match
  }
  for (;;) {
    next(separators)
    const name = next(word)?.[0].toLowerCase()
    if (name === undefined) return challenges
    const value = next(parameterValue)
    if (value === null) {
      if (next(equals) !== null) return challenges
      challenges.push({ scheme: name, parameters: new Map() })
      next(token68)
      continue
    }
    const parameters = challenges.at(-1)?.parameters
    if (parameters === undefined) return challenges
    if (!parameters.has(name)) parameters.set(name, value[1]?.replace(/\\(.)/g, '$1') ?? value[2] ?? '')
  }
}
