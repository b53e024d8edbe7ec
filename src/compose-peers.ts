// Constructs what warms: every kind of driver, and the roster that knows the peers of each cluster.

import { hostname } from 'node:os'
import type { ClusterSettings } from './config/clusters.ts'
import { ConfigError, type Config } from './config/load.ts'
import { systemClock } from './kit/clock.ts'
import { allowedAddresses } from './kit/dial.ts'
import type { EgressPolicy } from './kit/egress.ts'
import { keepHeapForCalls } from './kit/heap.ts'
import { tlsNow } from './kit/tls.ts'
import { asFailure } from './model/failure.ts'
import type { DriverKind } from './model/driver.ts'
import type { Log } from './observability/log.ts'
import { dragonflyKind } from './peers/dragonfly/kind.ts'
import { httpProxyKind } from './peers/http-proxy/kind.ts'
import type { LocalDriver } from './peers/local/driver.ts'
import { localKind } from './peers/local/kind.ts'
import { systemNames } from './peers/names.ts'
import { registryMirrorKind } from './peers/registry-mirror/kind.ts'
import { PeerRoster } from './peers/roster.ts'
import { RegistryPeerDoor, type PeerDoorOptions } from './registry/peer-door.ts'
import { HttpProxyDoor } from './registry/proxy-door.ts'
import type { Clusters } from './store/clusters.ts'

/** A peer that is well says so at once. */
const checkPeerWithinMs = 3_000

interface KindParts {
  readonly config: Config
  readonly local: LocalDriver
  readonly doors: PeerDoorOptions
  readonly egress: EgressPolicy
}

/** Every way to warm, by the name that clusters call it by. */
export function kindsOf({ config, local, doors, egress }: KindParts): Readonly<Record<string, DriverKind>> {
  const answerWithinMs = config.peer_answer_timeout
  const door = new RegistryPeerDoor(doors)
  return {
    local: localKind(local, hostname()),
    dragonfly: forCalls(
      dragonflyKind({
        door,
        resolve: (host, port) => allowedAddresses({ host, port, purpose: 'peer' }, egress),
        clock: systemClock,
        answerWithinMs,
      }),
    ),
    'registry-mirror': registryMirrorKind({ door, answerWithinMs }),
    'http-proxy': httpProxyKind({ door: new HttpProxyDoor(doors), answerWithinMs }),
  }
}

/** The bytes go past this process. */
const forCalls = (kind: DriverKind): DriverKind => ({
  ...kind,
  open(...given) {
    keepHeapForCalls()
    return kind.open(...given)
  },
})

interface RosterParts {
  readonly config: Config
  readonly clusters: Clusters
  readonly log: Log
  readonly kinds: Readonly<Record<string, DriverKind>>
}

export function openRoster({ config, clusters, log, kinds }: RosterParts): PeerRoster {
  const settingsOf = (name: string) => config.clusters.find((cluster) => cluster.name === name)?.tls
  return new PeerRoster({
    clusters: () => clusters.list(),
    kinds,
    tlsOf: (name) => {
      const tls = settingsOf(name)
      return tls && (() => tlsNow(tls))
    },
    names: systemNames(),
    clock: systemClock,
    pace: {
      checkEveryMs: config.peer_check_interval,
      discoverEveryMs: config.peer_discovery_interval,
      checkWithinMs: checkPeerWithinMs,
    },
    onTrouble: (why) => log.warn('the peers of a cluster are not known as they are', { why }),
  })
}

/** Those of the settings file. Throws ConfigError that names every cluster whose driver does not understand it. */
export function checkedClusters({ clusters }: Config, roster: PeerRoster): readonly ClusterSettings[] {
  const mistakes = clusters.flatMap(({ name, driver, settings }) => {
    try {
      roster.check(driver, settings)
      return []
    } catch (error) {
      return [`clusters.${name}: ${asFailure(error).message}`]
    }
  })
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  return clusters
}
