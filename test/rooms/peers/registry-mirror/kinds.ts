// Every kind of mirror that there is here: the real ones that Debian has, and stand-ins for the others.

import { dockerRegistryMissing, startDockerRegistry } from '../../../support/docker-registry.ts'
import { startDfdaemonProxy } from '../../../support/mirrors/dfdaemon-proxy.ts'
import { startDistribution3 } from '../../../support/mirrors/distribution-3.ts'
import { startHarborProxy } from '../../../support/mirrors/harbor.ts'
import { startKrakenAgent } from '../../../support/mirrors/kraken-agent.ts'
import { startZot } from '../../../support/mirrors/zot.ts'
import { nginxMissing, startNginx, type NginxOptions } from '../../../support/nginx.ts'
import type { TestRegistry } from '../../../support/registry.ts'
import type { Kind, Mirror } from './bench.ts'

export interface NamedKind extends Kind {
  readonly name: string
  readonly skip: string | false
}

async function registryMirror(origin: TestRegistry, storesNothing: boolean): Promise<Mirror> {
  const registry = await startDockerRegistry({ pullsThrough: origin.url, storesNothing })
  return { address: registry.host, close: async () => void (await registry.stop()) }
}

async function nginx(origin: TestRegistry, keeps: NginxOptions['keeps']): Promise<Mirror> {
  const server = await startNginx({ upstream: origin.url, keeps })
  return { address: server.address, close: () => server.stop() }
}

const project = 'proxied'

export const dockerRegistry: NamedKind = {
  name: 'docker-registry 2.8',
  skip: dockerRegistryMissing(),
  settings: () => ({ profile: 'distribution' }),
  start: (origin) => registryMirror(origin, false),
  startKeepingNothing: (origin) => registryMirror(origin, true),
}

export const plainNginx: NamedKind = {
  name: 'nginx with proxy_cache',
  skip: nginxMissing(),
  settings: () => ({ profile: 'generic' }),
  start: (origin) => nginx(origin, 'whole'),
  startKeepingNothing: (origin) => nginx(origin, 'nothing'),
}

export const slicedNginx: NamedKind = {
  ...plainNginx,
  name: 'nginx with slice',
  settings: () => ({ profile: 'generic', hit_header: 'X-Cache-Status', hit_value: 'HIT' }),
  start: (origin) => nginx(origin, 'sliced'),
}

export const distribution3: NamedKind = {
  name: 'distribution 3 (stand-in)',
  skip: false,
  settings: () => ({ profile: 'distribution' }),
  start: ({ url }) => startDistribution3(url),
  startKeepingNothing: ({ url }) => startDistribution3(url, 'nothing'),
}

export const zot: NamedKind = {
  name: 'zot (stand-in)',
  skip: false,
  settings: ({ host }) => ({ profile: 'zot', upstreams: [host] }),
  start: ({ url }) => startZot(url),
  startKeepingNothing: ({ url }) => startZot(url, 'nothing'),
}

export const harbor: NamedKind = {
  name: 'Harbor proxy cache (stand-in)',
  skip: false,
  settings: ({ host }) => ({ profile: 'harbor', upstreams: { [host]: { prefix: project } } }),
  start: ({ url }) => startHarborProxy(url, project),
  startKeepingNothing: ({ url }) => startHarborProxy(url, project, 'nothing'),
}

export const kraken: NamedKind = {
  name: 'Kraken agent (stand-in)',
  skip: false,
  settings: () => ({ profile: 'kraken' }),
  start: ({ url }) => startKrakenAgent(url),
  startKeepingNothing: ({ url }) => startKrakenAgent(url, 'nothing'),
}

export const dfdaemon: NamedKind = {
  name: "dfdaemon's proxy (stand-in)",
  skip: false,
  settings: () => ({ profile: 'dfdaemon' }),
  start: ({ url }) => startDfdaemonProxy(url),
  startKeepingNothing: ({ url }) => startDfdaemonProxy(url, []),
}

export const kinds = [dockerRegistry, plainNginx, slicedNginx, distribution3, zot, harbor, kraken, dfdaemon]
