// What Harbor 2.12 and later, REST clients and generated clients call.

import { fileURLToPath } from 'node:url'
import type { AccessTokens } from '../../auth/access-tokens.ts'
import type { ClusterBook } from '../../engine/clusters.ts'
import type { Distribution } from '../../engine/distribution.ts'
import type { Forecast } from '../../engine/forecast.ts'
import type { Preheat } from '../../engine/preheat.ts'
import type { Contract } from '../http/route.ts'
import { aboutRoutes, type Installed } from './about.ts'
import { clusterRoutes } from './clusters.ts'
import { eventRoutes } from './events.ts'
import { jobRoutes } from './jobs.ts'
import { refuse } from './refusals.ts'
import { tokenRoutes } from './tokens.ts'

export interface OpenApiParts {
  readonly preheat: Preheat
  readonly forecast: Forecast
  readonly distribution: Distribution
  readonly tokens: AccessTokens
  readonly clusters: ClusterBook
}

export interface OpenApiOptions {
  /** For jobs that do not say how long they may last. */
  readonly usualTimeoutMs: number
  readonly installed: Installed
}

export function openApiContract(parts: OpenApiParts, options: OpenApiOptions): Contract {
  return {
    name: 'open-api',
    refuse,
    document: fileURLToPath(new URL('../../../openapi/open-api.yaml', import.meta.url)),
    routes: [
      {
        operation: 'healthy',
        method: 'get',
        path: '/healthy',
        may: 'anyone',
        run: async () => ({ status: 200, body: 'OK' }),
      },
      ...jobRoutes(parts, options),
      ...eventRoutes(parts),
      ...clusterRoutes(parts),
      ...tokenRoutes(parts),
      ...aboutRoutes(options),
    ],
  }
}
