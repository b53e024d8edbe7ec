// Holds requests against a contract's OpenAPI document.

import type { RequestHandler } from 'express'
import { middleware } from 'express-openapi-validator'
import { Failure, type FieldFault } from '../../model/failure.ts'

/** A form shows no more of them, and a list of a megabyte can have as many faults. */
const mostFields = 100

export function validators(document: string): RequestHandler[] {
  const checks = middleware({
    apiSpec: document,
    validateApiSpec: false,
    validateRequests: { allErrors: true, allowUnknownQueryParameters: true },
    validateResponses: false,
    validateSecurity: false,
    ignoreUndocumented: true,
    useRequestUrl: true,
    fileUploader: false,
  })
  return checks.map(headAsGet)
}

/** Documents say nothing of HEAD, which takes what GET takes, and the validator lets pass what it finds nothing about. */
function headAsGet(check: RequestHandler): RequestHandler {
  return (req, res, next) => {
    if (req.method !== 'HEAD') return check(req, res, next)
    req.method = 'GET'
    return check(req, res, (error?: unknown) => {
      req.method = 'HEAD'
      next(error)
    })
  }
}

/** What the validator throws, as a Failure that names each field; anything else comes back as it is. */
export function fromValidator(error: unknown): unknown {
  if (!(error instanceof Error) || !('status' in error) || !('errors' in error)) return error
  if (error.status === 415) {
    return new Failure(
      'request.unsupported',
      'The body has a media type that is not taken here; expected application/json.',
    )
  }
  if (typeof error.status !== 'number' || error.status >= 500) return error
  const details: readonly unknown[] = Array.isArray(error.errors) ? error.errors : []
  const faults = details.map(faultOf).filter((fault) => fault !== undefined)
  const sentences = [...new Set(faults.map(({ message }) => message))]
  const message = sentences.length === 0 ? 'The request does not fit the contract' : sentences.join('; ')
  return new Failure('request.invalid', `${message}.`, { fields: fieldsOf(faults) })
}

/** Without a full stop; a field of '' is the whole body. */
function faultOf(detail: unknown): FieldFault | undefined {
  if (typeof detail !== 'object' || detail === null) return undefined
  const { path, message } = detail as { readonly path?: unknown; readonly message?: unknown }
  if (typeof path !== 'string' || typeof message !== 'string') return undefined
  const field = path.replace(/^\/(?:body|params|query|headers)\/?/, '').replaceAll('/', '.')
  if (field !== '' && message.startsWith('must have required property'))
    return { field, message: `${field} is missing` }
  return { field, message: field === '' ? `the body ${message}` : `${field} ${message}` }
}

/** Each sentence once. */
function fieldsOf(faults: readonly FieldFault[]): readonly FieldFault[] {
  const fields = new Map(faults.filter(({ field }) => field !== '').map((fault) => [fault.message, fault]))
  return [...fields.values()].slice(0, mostFields).map(({ field, message }) => ({ field, message: `${message}.` }))
}
