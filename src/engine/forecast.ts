// What a job would do, without doing it.

import type { Blob } from '../model/blob.ts'
import type { Digest } from '../model/digest.ts'
import type { Announce } from '../model/event.ts'
import type { PreheatRequest, Submission } from '../model/job.ts'
import type { Peer } from '../model/peer.ts'
import type { Roster } from '../model/driver.ts'
import type { Clock, Origins } from '../model/ports.ts'
import type { Task } from '../model/task.ts'
import { Desk, type DeskLimits } from './desk.ts'
import { identityOf } from './identity.ts'
import { leftOutOf, type LeftOut } from './left-out.ts'
import { look, type LookLimits } from './look.ts'
import { gatherPeers, resolveParts, waysOf, wholeOf } from './parts.ts'
import { pickClusters } from './pick.ts'
import { planTasks, type Part } from './plan.ts'

export interface Plan {
  /** What the tag means now; null for files. */
  readonly digest: Digest | null
  readonly platforms: readonly string[]
  readonly warnings: readonly string[]
  readonly blobs: readonly Blob[]
  /** Those that would get a blob. */
  readonly peers: readonly Peer[]
  readonly leftOut: readonly LeftOut[]
  /** Each blob at each peer that needs it. */
  readonly tasks: number
  /** Of the tasks, those that are known to be warm already. */
  readonly warm: number
  /** Of all tasks together; null while a size is unknown. */
  readonly bytes: number | null
  /** Of the tasks that are not known to be warm; null while a size is unknown. */
  readonly bytesToMove: number | null
}

export interface ForecastPorts {
  readonly origins: Origins
  readonly roster: Pick<Roster, 'clusters' | 'crewOf'>
  readonly clock: Clock
  readonly announce: Announce
}

/** A command to preheat. */
export type Preheating = Omit<Submission, 'request'> & { readonly request: PreheatRequest }

/** A person waits for the plan: what is not looked at by then is said to be unknown. */
const looks: LookLimits = { most: 2000, atOnce: 64, withinMs: 5_000 }

export class Forecast {
  readonly #ports: ForecastPorts
  readonly #desk: Desk

  constructor(ports: ForecastPorts, limits: DeskLimits) {
    this.#ports = ports
    this.#desk = new Desk(ports, limits)
  }

  /**
   * Asks the origin, and the peers only where that is sure to have no effect on them. Throws what resolving throws,
   * `cluster.unknown`, `peer.none`, `request.too-many`, and `job.deadline` when it took too long.
   */
  plan(command: Preheating, caller: AbortSignal): Promise<Plan> {
    return this.#desk.serve('The plan', caller, (signal) => this.#make(command, signal))
  }

  async #make({ request, secrets, clusterIds }: Preheating, signal: AbortSignal): Promise<Plan> {
    const { origins, roster, clock } = this.#ports
    const clusters = pickClusters(await roster.clusters(), clusterIds)
    const gathered = await gatherPeers(roster, clusters, request, signal)
    const parts = await resolveParts(gathered.groups, null, (meant) => origins.resolve(request, secrets, meant, signal))
    const tasks = planTasks(parts)
    const wayOf = waysOf(parts)
    const asked = tasks.map((task) => ({ ...task, ...wayOf(task.peer) }))
    const seen = await look(asked, { identity: identityOf(request), clock, limits: looks, signal })
    const warnings = [
      ...gathered.warnings,
      ...expiryWarnings(parts, request.timeoutMs, clock.now()),
      ...(await foreseen(parts, request, signal)),
      ...seen.warnings,
    ]
    const whole = wholeOf(parts)
    const peers = [...new Map(tasks.map(({ peer }) => [peer.id, peer])).values()]
    const crews = await Promise.all(clusters.map((cluster) => roster.crewOf(cluster, signal)))
    return {
      digest: whole.image?.digest ?? null,
      platforms: whole.platforms,
      warnings: [...new Set([...whole.warnings, ...warnings])],
      blobs: whole.blobs,
      peers,
      leftOut: leftOutOf(crews, new Set(peers.map(({ id }) => id)), request),
      tasks: tasks.length,
      warm: seen.held.size,
      bytes: bytesOf(tasks),
      bytesToMove: bytesOf(asked.filter((task) => !seen.held.has(task))),
    }
  }
}

/** What the drivers know that a person should: names that no pull would match. */
async function foreseen(
  parts: readonly Part[],
  request: PreheatRequest,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const identity = identityOf(request)
  const all = parts.flatMap(({ artifact: { image, blobs }, teams }) =>
    teams.map(async ({ driver }) => (await driver.foresee?.({ image, identity, signal }, blobs)) ?? []),
  )
  return (await Promise.all(all)).flat()
}

/** A token that came with the request cannot be asked for anew when it has ended. */
function expiryWarnings(parts: readonly Part[], timeoutMs: number, nowMs: number): readonly string[] {
  const ends = parts.flatMap(({ expiresAtMs }) => (expiresAtMs === null ? [] : [expiresAtMs]))
  const leftMs = Math.min(...ends) - nowMs
  if (leftMs >= timeoutMs) return []
  const [left, needed] = [leftMs, timeoutMs].map((ms) => Math.max(0, Math.round(ms / 1000)))
  return [
    `The token that came with the request ends in ${left} s, and the job may last ${needed} s: what is begun later fails.`,
  ]
}

const bytesOf = (tasks: readonly Pick<Task, 'blob'>[]): number | null =>
  tasks.reduce<number | null>((sum, { blob: { size } }) => (sum === null || size === null ? null : sum + size), 0)
