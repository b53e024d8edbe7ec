// A roster over clusters that a test writes down, its time wound by hand.

import type { TestContext } from 'node:test'
import type { Cluster, JsonObject } from '../../../src/model/peer.ts'
import type { Crew, Discovered, DriverKind } from '../../../src/model/driver.ts'
import { systemNames, type NameService } from '../../../src/peers/names.ts'
import { PeerRoster } from '../../../src/peers/roster.ts'
import type { TlsSettings } from '../../../src/kit/tls.ts'
import { handClock } from '../../support/hand-clock.ts'
import { askingKind } from '../../support/watched-peers.ts'

export const checkEveryMs = 15_000
export const discoverEveryMs = 60_000

export const clusterOf = (settings: JsonObject, change: Partial<Cluster> = {}): Cluster => ({
  id: 2,
  name: 'edge',
  driver: 'asking',
  bio: '',
  isDefault: false,
  platforms: [],
  settings,
  fromFile: false,
  kept: { scopes: {}, scheduler: {}, seedPeer: {}, peer: {} },
  createdAtMs: 0,
  updatedAtMs: 0,
  ...change,
})

interface Given {
  readonly discover?: () => Promise<readonly Discovered[]>
  readonly kinds?: Readonly<Record<string, DriverKind>>
  /** Name servers instead of the system's. */
  readonly servers?: readonly string[]
  /** For each look; long where a test does not say, so that a slow machine changes nothing. */
  readonly checkWithinMs?: number
  readonly tlsOf?: (clusterName: string) => (() => TlsSettings) | undefined
}

/** Closed with the test. `clusters` is what there is, as it is when somebody asks. */
export function rosterBench(t: TestContext, given: Given = {}) {
  const { kind, opened } = askingKind(given.discover)
  const clock = handClock()
  const troubles: string[] = []
  const clusters: Cluster[] = []
  const roster = new PeerRoster({
    clusters: async () => clusters,
    kinds: { asking: kind, ...given.kinds },
    tlsOf: given.tlsOf ?? (() => undefined),
    names: namesOf(given.servers),
    clock,
    pace: { checkEveryMs, discoverEveryMs, checkWithinMs: given.checkWithinMs ?? 30_000 },
    onTrouble: (sentence) => troubles.push(sentence),
  })
  t.after(() => roster.close())
  return { roster, clock, opened, troubles, clusters }
}

/** A name that the test's own server does not know is not asked for elsewhere. */
const namesOf = (servers: readonly string[] | undefined): NameService => ({
  ...systemNames(servers ?? []),
  lookup: (host) => Promise.reject(Object.assign(new Error(`${host} is not known`), { code: 'ENOTFOUND' })),
})

/** Each peer's address and state. */
export const statesOf = ({ members }: Crew): Readonly<Record<string, string>> =>
  Object.fromEntries(members.map(({ peer, health }) => [peer.address, health.state]))

export const addressesOf = ({ members }: Crew): readonly string[] => members.map(({ peer }) => peer.address)
