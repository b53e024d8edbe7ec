// The address of a file: parsed at the door, so that what can never work is refused at once.

import { redactUrl } from '../kit/redact.ts'
import { Failure } from './failure.ts'

/** http or https, without a password in it; the fragment goes. Throws `request.invalid`, which shows no signature. */
export function parseFileUrl(text: string): URL {
  const shown = JSON.stringify(redactUrl(text).slice(0, 200))
  const invalid = (why: string) => new Failure('request.invalid', `The file address ${shown} ${why}.`)
  if (!URL.canParse(text)) throw invalid('is not a URL')
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid('is neither https nor http')
  if (url.username !== '' || url.password !== '') throw invalid('carries a password; use the fields for it')
  url.hash = ''
  return url
}
