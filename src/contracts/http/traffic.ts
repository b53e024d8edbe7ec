// How many clients wait for an answer just now.

import type { RequestHandler } from 'express'

export class Traffic {
  #open = 0

  get open(): number {
    return this.#open
  }

  readonly count: RequestHandler = (_req, res, next) => {
    this.#open++
    res.once('close', () => this.#open--)
    next()
  }
}
