// Lists as people type and paste them, one a line: `squid-1.example.com:3128 seed location=fra1`. Pure.

export interface Line {
  readonly head: string
  readonly marks: readonly string[]
  readonly values: Readonly<Record<string, string>>
}

/** What may stand after the head of a line. */
export interface Words {
  readonly marks: readonly string[]
  readonly values: readonly string[]
}

export const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** A value that has spaces stands in quotes, as JSON writes it. */
const word = /(\w+)=("(?:[^"\\]|\\.)*"|\S*)|(\S+)/g

/** Throws RangeError whose sentence names the line. */
export function readLines(text: string, words: Words): readonly Line[] {
  return linesOf(text).map((line, n) => {
    const [head = '', ...rest] = [...line.matchAll(word)]
    const values: Record<string, string> = {}
    const marks: string[] = []
    for (const [whole, name = '', value = ''] of rest) {
      if (words.values.includes(name)) values[name] = unquoted(value, n)
      else if (words.marks.includes(whole)) marks.push(whole)
      else throw new RangeError(`Line ${n + 1}: "${whole}" is not understood; expected ${namesOf(words)}.`)
    }
    return { head: head[0] ?? '', marks, values }
  })
}

const namesOf = ({ marks, values }: Words): string =>
  [...marks, ...values.map((name) => `${name}=…`)].join(', ') || 'nothing more'

function unquoted(value: string, n: number): string {
  if (!value.startsWith('"')) return value
  try {
    return String(JSON.parse(value))
  } catch {
    throw new RangeError(`Line ${n + 1}: ${value} is not understood; expected a text in quotes.`)
  }
}

export const printLine = ({ head, marks, values }: Line): string =>
  [head, ...marks, ...Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}`)].join(' ')

const quoted = (value: string): string => (/^[^\s"]+$/.test(value) ? value : JSON.stringify(value))
