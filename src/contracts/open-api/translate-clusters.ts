// A cluster on its way in and out of the Open API. Pure.

import { Failure } from '../../model/failure.ts'
import type { Cluster, ClusterKept, Member } from '../../model/peer.ts'
import type { ClusterChange, NewCluster } from '../../model/ports.ts'
import { toPlatforms } from './platforms.ts'
import { toSettings } from './settings.ts'
import type { BlockList, ChangeCluster, CreateCluster, ShownCluster, ShownClusterPeer } from './wire.ts'
import { toTime, toTimeOrNull } from './words.ts'

const usualDriver = 'local'
/** All that is kept of one cluster: every job that is accepted reads it, and lists of names are some kilobytes. */
const mostKept = 64 * 1024

type Fields = Readonly<Record<string, unknown>>

const nothingKept: ClusterKept = { scopes: {}, scheduler: {}, seedPeer: {}, peer: {} }

export function toNewCluster(body: CreateCluster): NewCluster {
  return {
    name: body.name,
    driver: body.driver || usualDriver,
    bio: body.bio ?? '',
    isDefault: body.is_default ?? false,
    platforms: toPlatforms('platforms', body.platforms ?? []),
    settings: toSettings(body.settings ?? {}),
    kept: toKept(body, nothingKept),
  }
}

/** What is left out, null, and a name of "" change nothing. `before` is what the cluster keeps by now. */
export function toChange(body: ChangeCluster, before: ClusterKept): ClusterChange {
  const { name, bio, is_default: isDefault, platforms, settings } = body
  const kept = toKept(body, before)
  return {
    ...(name && { name }),
    ...(typeof bio === 'string' && { bio }),
    ...(typeof isDefault === 'boolean' && { isDefault }),
    ...(platforms && { platforms: toPlatforms('platforms', platforms) }),
    ...(settings && { settings: toSettings(settings) }),
    ...(JSON.stringify(kept) !== JSON.stringify(before) && { kept }),
  }
}

export const toCluster = (cluster: Cluster): ShownCluster => ({
  id: cluster.id,
  name: cluster.name,
  bio: cluster.bio,
  scopes: toScopes(cluster.kept.scopes),
  scheduler_cluster_id: cluster.id,
  seed_peer_cluster_id: cluster.id,
  scheduler_cluster_config: {
    candidate_parent_limit: numberOr(cluster.kept.scheduler['candidate_parent_limit'], usual.candidateParents),
    filter_parent_limit: numberOr(cluster.kept.scheduler['filter_parent_limit'], usual.filterParents),
    job_rate_limit: numberOr(cluster.kept.scheduler['job_rate_limit'], usual.jobRate),
  },
  seed_peer_cluster_config: toPeerConfig(cluster.kept.seedPeer, usual.seedPeerLoad),
  peer_cluster_config: toPeerConfig(cluster.kept.peer, usual.peerLoad),
  created_at: toTime(cluster.createdAtMs),
  updated_at: toTime(cluster.updatedAtMs),
  is_default: cluster.isDefault,
  driver: cluster.driver,
  platforms: [...cluster.platforms],
  settings: { ...cluster.settings },
  from_file: cluster.fromFile,
})

export const toClusterPeer = ({ peer, health }: Member): ShownClusterPeer => ({
  id: peer.id,
  cluster_id: peer.clusterId,
  hostname: peer.hostname,
  ip: peer.ip,
  address: peer.address,
  location: peer.location,
  seed: peer.seed,
  ordinary: peer.ordinary,
  health: {
    state: health.state,
    detail: health.detail,
    version: health.version,
    disk_free: health.diskFree,
    held: health.held && { blobs: health.held.blobs, bytes: health.held.bytes },
    checked_at: toTimeOrNull(health.checkedAtMs),
  },
})

/** dragonflyoss/dragonfly manager/database/database.go and scheduler/config/constants.go@66db456. */
const usual = { candidateParents: 3, filterParents: 15, jobRate: 10, seedPeerLoad: 2000, peerLoad: 200 } as const

const leastFilterParents = 10
const loadFields = ['load_limit', 'block_list'] as const

/** Throws `request.invalid` where it is too much to be kept, and for the one limit that the document cannot say. */
function toKept(body: ChangeCluster, before: ClusterKept): ClusterKept {
  const parents = body.scheduler_cluster_config?.filter_parent_limit || leastFilterParents
  if (parents < leastFilterParents) {
    const sentence = `filter_parent_limit is ${parents}; expected 10 to 1000, or 0 for the default.`
    throw new Failure('request.invalid', sentence, { field: 'scheduler_cluster_config.filter_parent_limit' })
  }
  const scheduler = ['candidate_parent_limit', 'filter_parent_limit', 'job_rate_limit']
  const kept = {
    scopes: merged(before.scopes, body.scopes, ['idc', 'location', 'cidrs', 'hostnames']),
    scheduler: merged(before.scheduler, body.scheduler_cluster_config, scheduler),
    seedPeer: merged(before.seedPeer, body.seed_peer_cluster_config, loadFields),
    peer: merged(before.peer, body.peer_cluster_config, loadFields),
  }
  if (JSON.stringify(kept).length <= mostKept) return kept
  throw new Failure('request.invalid', `The scopes and configs of a cluster are longer than ${mostKept} characters.`)
}

function merged(before: Fields, given: Fields | null | undefined, names: readonly string[]): Fields {
  const known = names.flatMap((name) => (given?.[name] === undefined ? [] : [[name, given[name]] as const]))
  return { ...before, ...Object.fromEntries(known) }
}

const toScopes = (kept: Fields): ShownCluster['scopes'] => ({
  idc: textOr(kept['idc'], ''),
  location: textOr(kept['location'], ''),
  cidrs: textsOrNull(kept['cidrs']),
  hostnames: textsOrNull(kept['hostnames']),
})

const toPeerConfig = (kept: Fields, usualLoad: number): ShownCluster['peer_cluster_config'] => ({
  load_limit: numberOr(kept['load_limit'], usualLoad),
  block_list: toBlockList(kept['block_list']),
})

function toBlockList(kept: unknown): BlockList {
  const lists = isObject(kept) ? kept : {}
  const at = (name: string) => (isObject(lists[name]) ? lists[name] : null)
  return {
    task: at('task'),
    persistent_task: at('persistent_task'),
    persistent_cache_task: at('persistent_cache_task'),
  }
}

// Dragonfly's clients send 0 and null for what they leave to its defaults.

const numberOr = (kept: unknown, usually: number): number => (typeof kept === 'number' && kept !== 0 ? kept : usually)
const textOr = (kept: unknown, usually: string): string => (typeof kept === 'string' ? kept : usually)
const textsOrNull = (kept: unknown): string[] | null =>
  Array.isArray(kept) ? kept.filter((item) => typeof item === 'string') : null
const isObject = (value: unknown): value is Record<string, never> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
