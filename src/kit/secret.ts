// A string that refuses to be printed.

import { inspect } from 'node:util'

const mask = '***'

/** Whatever prints it (template, JSON, inspect, console) prints `***`; only reveal() gives the text. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  reveal(): string {
    return this.#text
  }

  toString(): string {
    return mask
  }

  toJSON(): string {
    return mask
  }

  [inspect.custom](): string {
    return mask
  }
}
