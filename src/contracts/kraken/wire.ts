// The bytes of the kraken contract: what registries (distribution, registry/notifications@v2.8) notify their listeners
// of, and what Harbor's Kraken provider makes of it.

import { Failure } from '../../model/failure.ts'
import { fieldsOf } from '../http/any-case.ts'

/** One event. What is missing, or is no text, is empty. */
export interface RegistryEvent {
  readonly id: string
  readonly action: string
  readonly mediaType: string
  readonly digest: string
  readonly repository: string
  readonly url: string
  readonly tag: string
  /** Host and port that the registry was called by. */
  readonly host: string
}

export interface Notification {
  /**
   * Harbor sends exactly one event once, and shows a refusal to its user. A registry sends whatever is not answered by
   * 2xx again and again, and nothing else before it.
   */
  readonly from: 'harbor' | 'registry'
  readonly events: readonly RegistryEvent[]
}

/** What was made of a notification. */
export interface Taken {
  /** Ids of the jobs, in the order of their events. */
  readonly accepted: readonly string[]
  /** Events that are no push of an image. */
  readonly ignored: number
  /** Why events that are one could not be taken. Absent where all were. */
  readonly refused?: readonly string[]
}

/** distribution sends one event at a time, or those of one request together. */
const mostEvents = 1000

/** Harbor says the second of these of all its images, indexes too (src/pkg/p2p/preheat/provider/kraken.go@v2.15.2). */
const imageTypes: readonly string[] = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
]

/**
 * Keys match without regard to case; a Harbor is known by the capital letter of `Events`. Throws `request.invalid`,
 * `request.too-large`.
 */
export function parseNotification(body: unknown): Notification {
  const fields = fieldsOf(body)
  if (fields === undefined) throw new Failure('request.invalid', 'The body is not an object; expected {"events":[…]}.')
  const list = Array.isArray(fields['events']) ? (fields['events'] as readonly unknown[]) : []
  if (list.length > mostEvents) {
    throw new Failure(
      'request.too-large',
      `The notification has ${list.length} events; at most ${mostEvents} are taken.`,
    )
  }
  const from = Object.hasOwn(Object(body), 'Events') ? 'harbor' : 'registry'
  if (from === 'harbor' && list.length === 0) throw new Failure('request.invalid', 'The notification has no events.')
  return { from, events: list.map(parseEvent) }
}

/** Whether the event says that an image was pushed. */
export const isPush = ({ action, mediaType }: RegistryEvent): boolean =>
  action === 'push' && imageTypes.includes(mediaType)

function parseEvent(event: unknown): RegistryEvent {
  const fields = fieldsOf(event) ?? {}
  const target = fieldsOf(fields['target']) ?? {}
  const request = fieldsOf(fields['request']) ?? {}
  return {
    id: textOf(fields['id']),
    action: textOf(fields['action']),
    mediaType: textOf(target['mediatype']),
    digest: textOf(target['digest']),
    repository: textOf(target['repository']),
    url: textOf(target['url']),
    tag: textOf(target['tag']),
    host: textOf(request['host']),
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
