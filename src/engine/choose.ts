// Which peers a request means: scope, then ips over count over percentage, then health. Pure.

import { blobKey, type Blob } from '../model/blob.ts'
import { Failure } from '../model/failure.ts'
import type { PreheatRequest } from '../model/job.ts'
import type { Cluster, Member, Peer, PeerChoice } from '../model/peer.ts'
import type { Crew, PeerDriver } from '../model/driver.ts'
import { listed, mostNamed, nameOfCluster, nameOfPeer } from './names.ts'
import { Rendezvous } from './rendezvous.ts'

/** The chosen peers of one cluster. */
export interface Team {
  readonly cluster: Cluster
  readonly driver: PeerDriver
  /** Ordered by their ids. */
  readonly peers: readonly Peer[]
  /** Each blob goes to one of them only, since they feed each other; otherwise each peer gets them all. */
  readonly oneEach: boolean
}

export interface Choice {
  /** One for each cluster that has a peer to give. */
  readonly teams: readonly Team[]
  /** Names the peers that were left out, and says why. */
  readonly warnings: readonly string[]
}

/**
 * The same for the same request and peers; losing a peer moves only what was its own. `kept` are the peers that the job
 * had when it was begun before: it keeps them in whatever state they are, or a retry of what failed would succeed by
 * leaving the failed ones out. Throws `peer.none`.
 */
export function choose(crews: readonly Crew[], request: PreheatRequest, kept: readonly Peer[] = []): Choice {
  const { ips } = request.peers
  if (ips !== null) refuseStrangers(crews, request.peers, ips)
  const keptIds = new Set(kept.map(({ id }) => id))
  const picked = crews.map((crew) => ({ crew, ...pick(crew, request, keptIds) }))
  return {
    teams: picked.flatMap(({ crew: { cluster, driver }, ...chosen }) =>
      chosen.peers.length === 0 ? [] : [{ cluster, driver, peers: chosen.peers, oneEach: chosen.oneEach }],
    ),
    warnings: warningsOf([...picked.flatMap(({ leftOut }) => leftOut), ...goneOf(crews, kept)]),
  }
}

/** Says for each blob which peers of the team get it. */
export function sharedOut({ driver, peers, oneEach }: Team): (blob: Blob) => readonly Peer[] {
  const sites = new Rendezvous(peers, ({ id }) => id)
  return (blob) => {
    if (!driver.can.documents && (blob.kind === 'manifest' || blob.kind === 'index')) return []
    if (!oneEach) return peers
    const best = sites.best(blobKey(blob))
    return best === undefined ? [] : [best]
  }
}

interface Picked {
  readonly peers: readonly Peer[]
  readonly oneEach: boolean
  readonly leftOut: readonly LeftOut[]
}

interface LeftOut {
  readonly peer: Peer
  readonly why: string
}

function pick({ cluster, driver, members }: Crew, request: PreheatRequest, kept: ReadonlySet<string>): Picked {
  const { scope, ips, count, percentage } = request.peers
  const meant = poolOf(members, request.peers)
  if (meant.length === 0) throw new Failure('peer.none', `There is no peer for ${scope} in ${nameOfCluster(cluster)}.`)
  const given = givenOf(meant, ips, kept)
  const able = given ?? meant.filter(isAble)
  if (given === undefined && able.length === 0) throw allDown(cluster, meant)
  const isSingle = scope === 'single_seed_peer' || scope === 'single_peer'
  const most = given?.length ?? count ?? shareOf(meant.length, percentage)
  const wanted = isSingle && !driver.can.sharesPieces ? 1 : most
  const best = new Set(spread(able, aboutOf(request)).slice(0, wanted))
  const down = ips === null ? meant.filter((member) => !isAble(member) && !best.has(member.peer)) : []
  return {
    peers: able.map(({ peer }) => peer).filter((peer) => best.has(peer)),
    oneEach: isSingle && driver.can.sharesPieces,
    leftOut: down.map((member) => ({ peer: member.peer, why: whyDown(member) })),
  }
}

const isAble = ({ health }: Member): boolean => health.state !== 'down'
const whyDown = ({ health }: Member): string => health.detail || 'it is down'

/** Those that are meant in whatever state they are; undefined: the best of those that are able. */
function givenOf(
  meant: readonly Member[],
  ips: readonly string[] | null,
  kept: ReadonlySet<string>,
): readonly Member[] | undefined {
  const before = meant.filter(({ peer }) => kept.has(peer.id))
  if (before.length > 0) return before
  return ips === null ? undefined : meant.filter(({ peer }) => ips.includes(peer.ip))
}

/** The peers of a scope. Where a cluster has no seed peers, its peers stand in for them. */
function poolOf(members: readonly Member[], { scope }: PeerChoice): readonly Member[] {
  const ordinary = members.filter(({ peer }) => peer.ordinary)
  if (scope === 'single_peer' || scope === 'all_peers') return ordinary
  const seeds = members.filter(({ peer }) => peer.seed)
  return seeds.length > 0 ? seeds : ordinary
}

/** A share never rounds down to none, and is one of all peers: while some are down, others take their places. */
const shareOf = (peers: number, percentage: number | null): number =>
  percentage === null ? peers : Math.max(1, Math.ceil((peers * percentage) / 100))

/** What the choice is spread over: other images go to other peers. */
const aboutOf = (request: PreheatRequest): string =>
  request.type === 'image' ? `${request.reference.namespace}/${request.reference.repository}` : (request.urls[0] ?? '')

/** The most wanted first, the locations in turn: so few as there are of them stand as far apart as can be. */
function spread(members: readonly Member[], about: string): readonly Peer[] {
  const peers = new Rendezvous(members, ({ peer }) => peer.id).ranked(about).map(({ peer }) => peer)
  const taken = new Map<string, number>()
  const inTurns = peers.map((peer) => {
    const turn = taken.get(peer.location) ?? 0
    taken.set(peer.location, turn + 1)
    return { peer, turn }
  })
  return inTurns.toSorted((a, b) => a.turn - b.turn).map(({ peer }) => peer)
}

function refuseStrangers(crews: readonly Crew[], choice: PeerChoice, ips: readonly string[]): void {
  const known = new Set(crews.flatMap(({ members }) => poolOf(members, choice).map(({ peer }) => peer.ip)))
  const strangers = ips.filter((ip) => !known.has(ip))
  if (strangers.length === 0) return
  const clusters = listed(crews.map(({ cluster }) => nameOfCluster(cluster)))
  throw new Failure(
    'peer.none',
    `There is no peer for ${choice.scope} with the ip ${listed(strangers)} in ${clusters}.`,
  )
}

/** So many are enough to see what is the matter. */
const mostDetails = 3

function allDown(cluster: Cluster, members: readonly Member[]): Failure {
  const details = members.map((member) => `${nameOfPeer(member.peer)}: ${whyDown(member)}`)
  const why = listed(details, mostDetails)
  return new Failure('peer.none', `All ${members.length} peers of ${nameOfCluster(cluster)} are down (${why}).`)
}

/** Discovery forgets what is long dead; the job must not. */
function goneOf(crews: readonly Crew[], kept: readonly Peer[]): readonly LeftOut[] {
  const known = new Set(crews.flatMap(({ members }) => members.map(({ peer }) => peer.id)))
  return kept.filter(({ id }) => !known.has(id)).map((peer) => ({ peer, why: 'it is no longer in its cluster' }))
}

function warningsOf(leftOut: readonly LeftOut[]): readonly string[] {
  const named = leftOut.slice(0, mostNamed).map(({ peer, why }) => `Peer ${nameOfPeer(peer)} was left out: ${why}`)
  const more = leftOut.length - named.length
  return more === 0 ? named : [...named, `And ${more} more peers were left out.`]
}
