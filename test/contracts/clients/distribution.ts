// The notifications of a registry (distribution 2.8, registry/notifications): an envelope of events for a webhook.

import { randomUUID } from 'node:crypto'
import { HttpCaller, type Ears } from '../http-caller.ts'

const timeoutMs = 1000

export interface Pushed {
  /** With its scheme. */
  readonly registry: string
  readonly repository: string
  readonly tag?: string
  readonly digest: string
  readonly mediaType: string
  readonly size: number
}

export class DistributionRegistry {
  readonly #url: string
  readonly #http: HttpCaller

  /** `endpoint` is the webhook's address without its path; `token` stands in the configured headers. */
  constructor(endpoint: string, token: string, ears: Ears) {
    this.#url = endpoint + path
    const headers = { 'User-Agent': 'Go-http-client/1.1', Authorization: `Bearer ${token}` }
    this.#http = new HttpCaller(headers, timeoutMs, ears)
  }

  /** true: accepted. What is not accepted is sent again and again, and holds up what comes after it. */
  async notify(...events: readonly object[]): Promise<boolean> {
    const { status } = await this.#http.call({
      method: 'POST',
      url: this.#url,
      headers: { 'Content-Type': 'application/vnd.docker.distribution.events.v1+json' },
      body: JSON.stringify({ events }, null, 3),
    })
    const accepted = status >= 200 && status < 400
    if (accepted) this.#http.accepted({ method: 'POST', path })
    return accepted
  }

  close(): void {
    this.#http.close()
  }
}

const path = '/registry/notifications'

export function eventOf(
  action: 'push' | 'pull',
  { registry, repository, tag, digest, mediaType, size }: Pushed,
): object {
  const url = `${registry}/v2/${repository}/manifests/${digest}`
  return {
    id: randomUUID(),
    timestamp: new Date().toISOString().replace('Z', '123456+02:00'),
    action,
    target: { mediaType, size, digest, length: size, repository, url, ...(tag === undefined ? {} : { tag }) },
    request: {
      id: randomUUID(),
      addr: '192.0.2.7:40312',
      host: new URL(registry).host,
      method: action === 'push' ? 'PUT' : 'GET',
      useragent: 'docker/26.1.5',
    },
    actor: {},
    source: { addr: `${new URL(registry).host}`, instanceID: randomUUID() },
  }
}

/** A layer that was pushed: there are some before the manifest's. */
export const layerEventOf = ({ registry, repository, digest }: Pushed): object => ({
  id: randomUUID(),
  timestamp: new Date().toISOString(),
  action: 'push',
  target: {
    mediaType: 'application/octet-stream',
    size: 4096,
    digest,
    length: 4096,
    repository,
    url: `${registry}/v2/${repository}/blobs/${digest}`,
  },
  request: {},
  actor: {},
  source: {},
})
