// JSON as Go's encoding/json scans it (1.23): every key and every number as it was written, and the same words for
// what is wrong. JSON.parse cannot stand in: it forgets duplicate keys, and that 7.0 is not an integer.

export type Json =
  | { readonly kind: 'null' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'number'; readonly literal: string }
  | { readonly kind: 'string'; readonly text: string; readonly raw: string }
  | { readonly kind: 'array'; readonly items: readonly Json[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Json])[] }

/** What a Go function returns as its error. */
export class GoError extends Error {}

/** Throws GoError. */
export function parseJson(body: string): Json {
  return new Scanner(body).whole()
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
const ended = 'unexpected end of JSON input'

class Scanner {
  /** Go scans bytes: here each is one character, from U+0000 to U+00FF. */
  readonly #bytes: string
  #at = 0

  constructor(body: string) {
    this.#bytes = Buffer.from(body, 'utf8').toString('latin1')
  }

  whole(): Json {
    const value = this.#value()
    this.#space()
    if (this.#at < this.#bytes.length) throw this.#invalid('after top-level value')
    return value
  }

  #value(): Json {
    const first = this.#next()
    if (first === '{')
      return { kind: 'object', entries: this.#list('}', 'after object key:value pair', () => this.#entry()) }
    if (first === '[') return { kind: 'array', items: this.#list(']', 'after array element', () => this.#value()) }
    if (first === '"') return { kind: 'string', ...this.#string() }
    if (first === '-' || isDigit(first)) return { kind: 'number', literal: this.#number() }
    if (first === 't') return this.#word('true', { kind: 'bool', value: true })
    if (first === 'f') return this.#word('false', { kind: 'bool', value: false })
    if (first === 'n') return this.#word('null', { kind: 'null' })
    throw this.#invalid('looking for beginning of value')
  }

  #list<T>(close: string, otherwise: string, item: () => T): T[] {
    const items: T[] = []
    this.#at++
    if (this.#next() === close) {
      this.#at++
      return items
    }
    for (;;) {
      items.push(item())
      const separator = this.#next()
      if (separator !== ',' && separator !== close) throw this.#invalid(otherwise)
      this.#at++
      if (separator === close) return items
    }
  }

  #entry(): readonly [string, Json] {
    if (this.#next() !== '"') throw this.#invalid('looking for beginning of object key string')
    const key = this.#string().text
    if (this.#next() !== ':') throw this.#invalid('after object key')
    this.#at++
    return [key, this.#value()]
  }

  /** `raw` is what stands between the quotes. */
  #string(): { readonly text: string; readonly raw: string } {
    const from = ++this.#at
    let text = ''
    for (;;) {
      const char = this.#bytes[this.#at]
      if (char === undefined) throw new GoError(ended)
      if (char < ' ') throw this.#invalid('in string literal')
      this.#at++
      if (char === '"') break
      text += char === '\\' ? this.#escape() : char
    }
    return { text: textOf(text), raw: textOf(this.#bytes.slice(from, this.#at - 1)) }
  }

  /** As bytes, like everything around it. */
  #escape(): string {
    const char = this.#char()
    if (!/["\\/bfnrtu]/.test(char)) throw this.#invalid('in string escape code')
    this.#at++
    return char === 'u' ? this.#unicode() : (escapes[char] ?? char)
  }

  #unicode(): string {
    const unit = this.#hex()
    const pair = unit >= 0xd800 && unit < 0xdc00 && /^\\u[dD][c-fC-F]/.test(this.#bytes.slice(this.#at))
    if (pair) this.#at += 2
    const text = pair ? String.fromCharCode(unit, this.#hex()) : String.fromCharCode(unit)
    return Buffer.from(text, 'utf8').toString('latin1')
  }

  #hex(): number {
    const from = this.#at
    while (this.#at < from + 4) {
      if (!/[0-9a-fA-F]/.test(this.#char())) throw this.#invalid('in \\u hexadecimal character escape')
      this.#at++
    }
    return Number.parseInt(this.#bytes.slice(from, this.#at), 16)
  }

  #number(): string {
    const from = this.#at
    if (this.#char() === '-') this.#at++
    if (this.#char() === '0') this.#at++
    else this.#digits('in numeric literal')
    if (this.#char() === '.') {
      this.#at++
      this.#digits('after decimal point in numeric literal')
    }
    if (/[eE]/.test(this.#char())) {
      this.#at++
      if (/[+-]/.test(this.#char())) this.#at++
      this.#digits('in exponent of numeric literal')
    }
    return this.#bytes.slice(from, this.#at)
  }

  #digits(otherwise: string): void {
    if (!isDigit(this.#char())) throw this.#invalid(otherwise)
    while (isDigit(this.#char())) this.#at++
  }

  #word(word: string, value: Json): Json {
    for (const char of word) {
      if (this.#char() !== char) throw this.#invalid(`in literal ${word} (expecting '${char}')`)
      this.#at++
    }
    return value
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.#bytes[this.#at] ?? '')) this.#at++
  }

  /** Where space may stand; the end of the input may not. */
  #next(): string {
    this.#space()
    const char = this.#bytes[this.#at]
    if (char === undefined) throw new GoError(ended)
    return char
  }

  /** At its end Go's scanner takes in one space more, and complains of that one. */
  #char(): string {
    return this.#bytes[this.#at] ?? ' '
  }

  #invalid(where: string): GoError {
    return new GoError(`invalid character ${quoteChar(this.#char())} ${where}`)
  }
}

const textOf = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8')

const isDigit = (char: string): boolean => char >= '0' && char <= '9'

const namedControls: Readonly<Record<string, string>> = {
  "'": "\\'",
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

/** Go's quoteChar, for one byte. */
function quoteChar(char: string): string {
  const code = char.charCodeAt(0)
  const hex = code.toString(16)
  const control = code < 0x20 || code === 0x7f
  const hidden = (code >= 0x80 && code <= 0xa0) || code === 0xad
  const shown =
    namedControls[char] ?? (control ? `\\x${hex.padStart(2, '0')}` : hidden ? `\\u${hex.padStart(4, '0')}` : char)
  return `'${shown}'`
}

/** As json.Marshal writes it: safe inside HTML. */
export const marshal = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
