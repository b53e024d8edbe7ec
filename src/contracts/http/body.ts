// JSON bodies, whatever their sender calls them.

import express, { type RequestHandler } from 'express'
import { Failure } from '../../model/failure.ts'

/** The largest legitimate body is a job of some thousand URLs. */
const bodyCap = 1024 * 1024

/** What curl, Go and Java clients say when nobody told them what they send. */
const careless = /^(?:application\/x-www-form-urlencoded|text\/plain|application\/octet-stream)\b/i

const parse = express.json({ limit: bodyCap, type: () => true, strict: false, inflate: false })

/** Leaves the parsed body in `req.body`; undefined when there is none. */
export const readBody: RequestHandler = (req, res, next) => {
  const type = req.headers['content-type']
  if (type === undefined || careless.test(type)) req.headers['content-type'] = 'application/json'
  parse(req, res, (error?: unknown) => next(error === undefined ? undefined : refusal(error)))
}

function refusal(error: unknown): Failure {
  const kind = typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined
  switch (kind) {
    case 'entity.too.large':
      return new Failure('request.too-large', `The body is larger than ${bodyCap} bytes.`)
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new Failure('request.unsupported', 'The body is compressed or in another charset; expected plain UTF-8.')
    default:
      // The parser's own message quotes the body, and with it perhaps a password.
      return new Failure('request.invalid', 'The body is not valid JSON; expected one JSON value.', { cause: error })
  }
}
