// The way to forward proxies outside any job: to see whether they are there, and what they hold.

import type { HttpClient } from '../kit/http.ts'
import { redactUrl } from '../kit/redact.ts'
import type { PeerAnswer, PeerAsk, PeerEndpoint, ProxyDoor } from '../model/peer-http.ts'
import { proxyHeaders, type RegistryBook } from './endpoint.ts'
import { peerAnswerOf } from './peer-answer.ts'
import { peerFaultOf } from './fault.ts'

export interface ProxyDoorOptions extends RegistryBook {
  readonly http: HttpClient
}

/** Who we are at a proxy is what `registries` says of its host. */
export class HttpProxyDoor implements ProxyDoor {
  readonly #options: ProxyDoorOptions

  constructor(options: ProxyDoorOptions) {
    this.#options = options
  }

  async ask(proxy: PeerEndpoint, url: URL, ask: Omit<PeerAsk, 'take'>): Promise<PeerAnswer> {
    try {
      const headers = { ...ask.headers, ...proxyHeaders(proxy, this.#options) }
      const request = { ...ask, headers, url, purpose: 'registry', tls: {}, via: proxy } as const
      return peerAnswerOf(await this.#options.http.stream(request, () => undefined))
    } catch (error) {
      throw peerFaultOf(error, { who: `The peer ${proxy.address}`, what: redactUrl(url.href) }, proxy.address)
    }
  }
}
