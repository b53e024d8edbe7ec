// What a client asks before all else: who it is here, and what is installed.

import type { Route } from '../http/route.ts'
import { callerOf } from './call.ts'
import { toCaller } from './translate-tokens.ts'
import { nanosecondsPerMs, type ShownService } from './wire.ts'

/** What is installed, as the settings say it. */
export interface Installed {
  readonly version: string
  /** Those that are served. */
  readonly contracts: readonly string[]
  /** Whether the older contracts need a token. */
  readonly legacyAuth: 'required' | 'open'
  readonly prefixes: readonly { readonly path: string; readonly clusterIds: readonly number[] }[]
  readonly drivers: readonly string[]
  /** Taken of an index where nobody says. */
  readonly platforms: readonly string[]
  readonly longestTimeoutMs: number
}

export interface AboutOptions {
  readonly usualTimeoutMs: number
  readonly installed: Installed
}

export function aboutRoutes(options: AboutOptions): readonly Route[] {
  return [
    {
      operation: 'whoami',
      method: 'get',
      path: '/oapi/v1/whoami',
      may: 'holder',
      run: async (call) => ({ status: 200, body: toCaller(callerOf(call)) }),
    },
    {
      operation: 'getService',
      method: 'get',
      path: '/oapi/v1/service',
      may: 'holder',
      run: async () => ({ status: 200, body: toService(options) }),
    },
  ]
}

const toService = ({ usualTimeoutMs, installed }: AboutOptions): ShownService => ({
  version: installed.version,
  contracts: [...installed.contracts],
  legacy_auth: installed.legacyAuth,
  path_prefixes: installed.prefixes.map(({ path, clusterIds }) => ({ path, cluster_ids: [...clusterIds] })),
  drivers: [...installed.drivers],
  platforms: [...installed.platforms],
  job_timeout: usualTimeoutMs * nanosecondsPerMs,
  job_timeout_max: installed.longestTimeoutMs * nanosecondsPerMs,
})
