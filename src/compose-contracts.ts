// Constructs what is served: every contract, with the parts and the facts of this installation that it needs.

import type { Config } from './config/load.ts'
import type { Caller, Contract } from './contracts/http/route.ts'
import { krakenContract } from './contracts/kraken/routes.ts'
import { mirrorContract } from './contracts/mirror/routes.ts'
import type { Installed } from './contracts/open-api/about.ts'
import { openApiContract, type OpenApiParts } from './contracts/open-api/routes.ts'
import { opsContract } from './contracts/ops/routes.ts'
import { openSite } from './contracts/ops/site.ts'
import { preheatsContract } from './contracts/preheats/routes.ts'
import { supernodeContract } from './contracts/supernode/routes.ts'
import type { Preheat } from './engine/preheat.ts'
import { contains, networksOf } from './kit/networks.ts'
import type { Announce } from './model/event.ts'

/** Made by `npm run build`. */
const builtConsole = new URL('../dist/console/', import.meta.url)

interface ContractParts {
  readonly config: Config
  readonly openApi: OpenApiParts
  readonly preheat: Preheat
  readonly cache: Parameters<typeof mirrorContract>[0]
  readonly ready: () => Promise<void>
  readonly version: string
  readonly drivers: readonly string[]
  readonly announce: Announce
}

/** Those that the settings name. */
export async function contractsOf(parts: ContractParts): Promise<readonly Contract[]> {
  const { config, openApi, preheat, cache, ready, version, announce } = parts
  const usualTimeoutMs = config.job_timeout
  const site = await openSite(builtConsole, (error) => announce({ at: 'fault', where: 'reading the console', error }))
  const all = [
    supernodeContract(preheat, { timeoutMs: usualTimeoutMs, open: config.legacy_auth === 'open' }),
    preheatsContract(preheat, { timeoutMs: usualTimeoutMs, open: config.legacy_auth === 'open' }),
    krakenContract(preheat, { timeoutMs: usualTimeoutMs, open: config.legacy_auth === 'open' }),
    openApiContract(openApi, { usualTimeoutMs, installed: installedOf(parts) }),
    { ...mirrorContract(cache, { defaultNamespace: 'docker.io' }), trusts: within(config.mirror_allow) },
    opsContract({ ready, version, contracts: config.contracts, site }),
  ]
  return all.filter(({ name }) => config.contracts.some((wanted) => wanted === name))
}

const installedOf = ({ config, version, drivers }: ContractParts): Installed => ({
  version,
  contracts: config.contracts,
  legacyAuth: config.legacy_auth,
  prefixes: config.path_prefixes,
  drivers,
  platforms: config.platforms,
  longestTimeoutMs: config.job_timeout_max,
})

function within(networks: readonly string[]): (caller: Caller) => boolean {
  const allowed = networksOf(networks)
  return ({ address, proxied }) => !proxied && contains(allowed, address)
}
