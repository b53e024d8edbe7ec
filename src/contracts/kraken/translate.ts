// A pushed image as a command. Pure.

import { Failure } from '../../model/failure.ts'
import type { JobRequest, Submission } from '../../model/job.ts'
import { parseReference } from '../../model/reference.ts'
import { usualRequest, type Asked } from '../http/usual-request.ts'
import type { RegistryEvent } from './wire.ts'

/** Notifications come at least once: the event's id makes them one job. Throws `reference.invalid`. */
export function toSubmission(event: RegistryEvent, { timeoutMs, ...by }: Asked): Submission {
  const url = addressOf(event)
  const reference = parseReference(url)
  const request: JobRequest = {
    // Nothing that would open the registry comes along: its settings have the credential.
    ...usualRequest(timeoutMs, {}),
    type: 'image',
    url,
    reference,
    platforms: [],
    ...(reference.tag !== null && isDigest(event.digest) && { expectedDigest: event.digest }),
  }
  const named = /^[\x21-\x7e]{1,255}$/.test(event.id)
  const command: Submission = { contract: 'kraken', bio: '', ...by, request, secrets: {} }
  return named ? { ...command, idempotencyKey: `kraken:${event.id}` } : command
}

/**
 * By the tag where there is one, so that the mirror can answer for it: Harbor's address has the tag in it, and that of
 * a registry the digest, which is then what is expected. Registries with `relativeurls` name no host in it.
 */
function addressOf({ url, tag, repository, host, digest }: RegistryEvent): string {
  if (url !== '' && !url.startsWith('/')) {
    return tag === '' ? url : url.replace(/\/manifests\/[^/]+:[^/]+$/, () => `/manifests/${tag}`)
  }
  if (repository !== '' && host !== '') {
    // Without a dot or a port, a host would read as the beginning of a repository's name.
    const registry = /[.:]/.test(host) ? host : `https://${host}`
    return `${registry}/${repository}${tag === '' ? `@${digest}` : `:${tag}`}`
  }
  throw new Failure(
    'reference.invalid',
    'The event names neither the address of an image, nor its repository and host.',
  )
}

/** Loosely: what it is compared with is a true one. */
const isDigest = (text: string): boolean => /^[a-z0-9]+:[0-9a-f]{1,128}$/.test(text)
