// Asks peers what they hold: so many questions, for so long, and never one that would make a peer fetch.

import { eachAtMost } from '../kit/each.ts'
import type { Blob, ImageName } from '../model/blob.ts'
import { Failure } from '../model/failure.ts'
import type { Cluster, Peer } from '../model/peer.ts'
import type { PeerDriver, TaskIdentity } from '../model/driver.ts'
import type { Clock } from '../model/ports.ts'
import { deadline } from './deadline.ts'
import { mostNamed, nameOfCluster, nameOfPeer } from './names.ts'

export interface Question {
  readonly peer: Peer
  readonly blob: Blob
  readonly cluster: Cluster
  readonly driver: PeerDriver
  readonly image: ImageName | null
}

export interface LookLimits {
  /** Questions of one look, and those of them that wait for an answer at the same time. */
  readonly most: number
  readonly atOnce: number
  readonly withinMs: number
}

export interface Looking {
  readonly identity: TaskIdentity
  readonly clock: Clock
  readonly limits: LookLimits
  readonly signal: AbortSignal
}

export interface Seen<Q> {
  /** Those whose peer holds the whole blob. */
  readonly held: ReadonlySet<Q>
  /** What is not known, and why. */
  readonly warnings: readonly string[]
}

/** Throws the signal's reason, and no Failure of a peer's: where one gives no answer, it is asked no more. */
export async function look<Q extends Question>(questions: readonly Q[], by: Looking): Promise<Seen<Q>> {
  const open = questions.filter(canSay)
  const taken = open.slice(0, by.limits.most)
  const held = new Set<Q>()
  const silent = new Map<string, string>()
  // Those that are not asked are as unclear as those that are not answered.
  let unclear = open.length
  await untilLate(by, (signal) =>
    eachAtMost(taken, by.limits.atOnce, signal, async (question) => {
      const { peer, blob, driver, image } = question
      if (silent.has(peer.id)) return
      try {
        const presence = await driver.probe(peer, blob, { image, identity: by.identity, signal })
        if (presence !== 'unknown') unclear--
        if (presence === 'present') held.add(question)
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof Failure)) throw error
        silent.set(peer.id, `Peer ${nameOfPeer(peer)} gave no answer: ${error.message}`)
      }
    }),
  )
  const mute = questions.filter((question) => !canSay(question))
  const said = [...muteWarnings(mute), ...silentWarnings([...silent.values()])]
  if (unclear > 0) said.push(`Of ${open.length} blobs at peers, ${unclear} could not be looked at; they may be there.`)
  return { held, warnings: said }
}

/** What was found out by then counts. */
async function untilLate(
  { clock, limits, signal }: Looking,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const until = deadline(clock, limits.withinMs, signal, () => new Failure('job.deadline', 'The look took too long.'))
  try {
    await work(until.signal)
  } catch (error) {
    signal.throwIfAborted()
    if (!until.isOver()) throw error
  } finally {
    until.off()
  }
}

const muteWarnings = (mute: readonly Question[]): readonly string[] =>
  [...new Map(mute.map((question) => [question.cluster.id, question])).values()].map(muteWarning)

type Asked = Pick<Question, 'cluster' | 'driver'>

/** Whether a yes or no is sure to be right, and asking has no effect on the peer. */
export const canSay = ({ driver }: Pick<Asked, 'driver'>): boolean => driver.can.probe === 'exact'

export const muteWarning = ({ cluster, driver }: Asked): string =>
  `What the peers of ${nameOfCluster(cluster)} hold is not known: the kind ${driver.kind} gives no sure answer without a fetch.`

function silentWarnings(silent: readonly string[]): readonly string[] {
  const more = silent.length - mostNamed
  return more <= 0 ? silent : [...silent.slice(0, mostNamed), `And ${more} more peers gave no answer.`]
}
