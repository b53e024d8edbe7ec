// What became of a job, in sentences for people. Pure.

import { Failure, type Problem } from '../model/failure.ts'
import type { Peer } from '../model/peer.ts'
import type { PeerDriver } from '../model/driver.ts'
import type { Task } from '../model/task.ts'
import { listed, mostNamed, nameOfBlob, nameOfCluster, nameOfPeer } from './names.ts'
import type { Stampede } from './stampede.ts'

/** A sentence that names more causes than that is a list. */
const mostCauses = 6

interface Verdict {
  /** null: the job succeeded. */
  readonly problem: Problem | null
  readonly warnings: readonly string[]
}

/**
 * Of a hundred tasks, `successPercentage` must be warm. The first that is not speaks for the others; how many there are
 * of what else is said beside it.
 */
export function judge(tasks: readonly Task[], successPercentage: number): Verdict {
  const failed = tasks.filter(({ state }) => state !== 'warm')
  if (failed.length === 0) return { problem: null, warnings: [] }
  const causes = causesOf(failed)
  const share = `${failed.length} of ${tasks.length} tasks failed`
  const named = causes.length > 1 ? `${share}: ${listed(causes, mostCauses)}` : share
  const warm = tasks.length - failed.length
  if (warm * 100 >= successPercentage * tasks.length) {
    return { problem: null, warnings: [`${named}, which a success_percentage of ${successPercentage} allows.`] }
  }
  const first = failed.find(({ problem }) => problem !== null)?.problem ?? causeless().problem
  if (failed.length === 1) return { problem: first, warnings: [] }
  const message = `${named}${causes.length > 1 ? ';' : ','} the first because: ${first.message}`
  return { problem: { ...first, message }, warnings: [] }
}

const causeless = (): Failure => new Failure('self.fault', 'A task was left undone without a cause.')

/** `3 peer.full`, the most frequent first. */
function causesOf(failed: readonly Task[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const { problem } of failed) {
    if (problem !== null) counts.set(problem.code, (counts.get(problem.code) ?? 0) + 1)
  }
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([code, count]) => `${count} ${code}`)
}

/** What a job is told that ended before its tasks: how far it came, and who may go on without it. */
export function endedEarly(
  { problem }: Failure,
  tasks: readonly Task[],
  driverOf: (peer: Peer) => Pick<PeerDriver, 'can'>,
): Problem {
  const isLate = problem.code === 'job.deadline'
  if (tasks.length === 0 || (!isLate && problem.code !== 'job.cancelled')) return problem
  const warm = tasks.filter(({ state }) => state === 'warm').length
  const running = tasks.filter(({ state, peer }) => state === 'running' && driverOf(peer).can.cancel === 'detaches')
  const peers = [...new Map(running.map(({ peer }) => [peer.id, peer])).values()]
  const done = isLate ? ` ${warm} of ${tasks.length} tasks were done by then.` : ''
  const named = `${peers.length === 1 ? 'Peer' : 'Peers'} ${listed(peers.map(nameOfPeer))}`
  const more = peers.length === 0 ? '' : ` ${named} may still finish what was begun.`
  return { ...problem, message: `${problem.message}${done}${more}` }
}

export function stampedeWarnings(stampedes: readonly Stampede[]): readonly string[] {
  const named = stampedes
    .slice(0, mostNamed)
    .map(
      ({ blob, cluster, times }) =>
        `Blob ${nameOfBlob(blob)} came ${times} times from its origin for ${nameOfCluster(cluster)}, where its peers should have fed each other: look at its scheduler.`,
    )
  const more = stampedes.length - named.length
  return more === 0 ? named : [...named, `And ${more} more blobs came from their origin too often.`]
}
