// Which peers a plan leaves out, and why. Pure.

import type { PreheatRequest } from '../model/job.ts'
import type { Member, Peer, PeerChoice } from '../model/peer.ts'
import type { Crew } from '../model/driver.ts'

export interface LeftOut {
  readonly peer: Peer
  /** One sentence for people. */
  readonly why: string
}

/** `chosen`: ids of the peers that have a task. */
export function leftOutOf(
  crews: readonly Pick<Crew, 'members'>[],
  chosen: ReadonlySet<string>,
  { peers }: PreheatRequest,
): readonly LeftOut[] {
  return crews.flatMap(({ members }) => {
    const hasSeeds = members.some(({ peer }) => peer.seed)
    return members
      .filter(({ peer }) => !chosen.has(peer.id))
      .map((member) => ({ peer: member.peer, why: whyNot(member, peers, hasSeeds) }))
  })
}

function whyNot({ peer, health }: Member, { scope, ips, count, percentage }: PeerChoice, hasSeeds: boolean): string {
  const wantsSeeds = scope === 'single_seed_peer' || scope === 'all_seed_peers'
  if (wantsSeeds && hasSeeds && !peer.seed) return `It is no seed peer, and ${scope} means those.`
  if (!(wantsSeeds && hasSeeds) && !peer.ordinary) return `It is a seed peer only, and ${scope} means the others.`
  if (ips !== null && !ips.includes(peer.ip)) return 'Its ip is not among those that are named.'
  if (ips === null && health.state === 'down') return `It is down${health.detail === '' ? '' : `: ${health.detail}`}.`
  if (scope === 'single_seed_peer' || scope === 'single_peer')
    return `No blob falls to it: ${scope} means one peer each.`
  if (count !== null) return `Others come before it, and ${count} are enough.`
  return `Others come before it, and ${percentage ?? 100} of a hundred are enough.`
}
