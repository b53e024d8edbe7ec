// Peers by how they are. Pure.

import type { ClusterPeer } from '../../api/types.ts'

export type HealthState = ClusterPeer['health']['state']

/** What wants a person first. */
export const healthStates = ['down', 'degraded', 'unknown', 'up'] as const satisfies readonly HealthState[]

export const asHealthState = (text: string | null): HealthState | undefined =>
  healthStates.find((state) => state === text)

/** Every state that a peer is in, with how many are: the troubled first. */
export const countsOf = (peers: readonly ClusterPeer[]): readonly (readonly [HealthState, number])[] =>
  healthStates
    .map((state) => [state, peers.filter(({ health }) => health.state === state).length] as const)
    .filter(([, many]) => many > 0)

/** `node-2` comes before `node-10`. */
const names = new Intl.Collator('en', { numeric: true })

/** Another list: the troubled first, then by host and address. */
export const troubledFirst = (peers: readonly ClusterPeer[]): readonly ClusterPeer[] =>
  peers.toSorted(
    (a, b) =>
      healthStates.indexOf(a.health.state) - healthStates.indexOf(b.health.state) ||
      names.compare(a.hostname, b.hostname) ||
      names.compare(a.id, b.id),
  )

export interface PeerWish {
  /** Of the host, an address, the place, the version or the cause; '' for all. */
  readonly text: string
  readonly state: HealthState | undefined
}

export function wanted(peers: readonly ClusterPeer[], { text, state }: PeerWish): readonly ClusterPeer[] {
  const part = text.trim().toLowerCase()
  return peers.filter(
    (peer) => (state === undefined || peer.health.state === state) && wordsAbout(peer).toLowerCase().includes(part),
  )
}

const wordsAbout = ({ hostname, ip, address, location, health }: ClusterPeer): string =>
  [hostname, ip, address, location, health.version ?? '', health.detail].join('\n')

/** The first troubled peer, and how many there are beside it; '' where all is well. */
export function troubleOf(peers: readonly ClusterPeer[]): string {
  const troubled = peers.filter(({ health }) => health.state === 'down' || health.state === 'degraded')
  const [first, ...others] = troubledFirst(troubled)
  if (first === undefined) return ''
  const { hostname, health } = first
  const more = others.length === 0 ? '' : ` And ${others.length.toLocaleString('en')} more.`
  return `${hostname} is ${stateOf(health)}${more}`
}

/** `down: connection refused.` */
export function stateOf({ state, detail }: ClusterPeer['health']): string {
  return detail === '' ? `${state}.` : `${state}: ${detail.replace(/\.$/, '')}.`
}
