// The picture of a job: a letter for each of its tasks, by blob and peer, and why tasks failed.

import { Recent } from '../kit/recent.ts'
import type { Blob } from '../model/blob.ts'
import type { Problem } from '../model/failure.ts'
import type { Peer } from '../model/peer.ts'
import type { FailedAlike, PlanAxes, PlanMark, PlanPicture, PlanStore } from '../model/plan-picture.ts'
import type { Clock } from '../model/ports.ts'

export interface JobMap {
  /** Names the plan that all else here is of: one of this job's; '' while there is none. */
  readonly plan: string
  readonly peers: readonly Peer[]
  readonly blobs: readonly Blob[]
  /** For each blob a letter for each peer, as PlanPicture has them; `.`: no task. */
  readonly rows: readonly string[]
  /** The commonest first. */
  readonly causes: readonly Cause[]
}

/** Failed tasks that have their code in common. */
export interface Cause {
  /** What happened to the first of them. */
  readonly problem: Problem
  readonly tasks: number
  /** At how many peers, of how many blobs. */
  readonly peers: number
  readonly blobs: number
}

/**
 * Of a job under way: who looks within this time of somebody else's look sees what that one saw. A picture that takes long
 * is made more rarely, so that it never takes more than a fifth of the time.
 */
const youngMs = (tookMs: number): number => Math.max(500, 4 * tookMs)
/** Some sixteen jobs of a thousand peers and a hundred blobs. */
const mostBytes = 16 * 1024 * 1024
/** Of a peer or a blob, about. */
const nounBytes = 500

interface Drawn {
  readonly mark: PlanMark
  readonly axes: PlanAxes
  readonly map: JobMap
  /** When it was read, and how long that took. */
  readonly atMs: number
  readonly tookMs: number
}

interface Flight {
  readonly mark: PlanMark
  readonly map: Promise<JobMap>
}

export interface JobMapPorts {
  readonly jobs: PlanStore
  readonly clock: Pick<Clock, 'now'>
}

export class JobMaps {
  readonly #ports: JobMapPorts
  readonly #drawn = new Recent<Drawn>(mostBytes, { sizeOf: bytesOf })
  readonly #flights = new Map<number, Flight>()

  constructor(ports: JobMapPorts) {
    this.#ports = ports
  }

  /** undefined: there is no such job. */
  async of(job: number): Promise<JobMap | undefined> {
    const mark = await this.#ports.jobs.planMark(job)
    if (mark === undefined || mark.plan === 0) return mark && noMap
    const drawn = this.#drawn.get(String(job))
    if (drawn !== undefined && shows(drawn.mark, mark, this.#ports.clock.now() - drawn.atMs < youngMs(drawn.tookMs)))
      return drawn.map
    const flight = this.#flights.get(job)
    return flight !== undefined && shows(flight.mark, mark, true) ? flight.map : this.#fly(job, mark, drawn)
  }

  #fly(job: number, mark: PlanMark, before: Drawn | undefined): Promise<JobMap> {
    const map = this.#draw(job, mark, before).finally(() => {
      if (this.#flights.get(job)?.map === map) this.#flights.delete(job)
    })
    this.#flights.set(job, { mark, map })
    return map
  }

  async #draw(job: number, mark: PlanMark, before: Drawn | undefined): Promise<JobMap> {
    const begunMs = this.#ports.clock.now()
    const known = before?.mark.plan === mark.plan ? before : undefined
    // What failed in a plan stays so: where no more did, its causes are known.
    const failures = mark.failed > 0 && known?.mark.failed !== mark.failed
    const picture = await this.#ports.jobs.planPicture(job, mark, { axes: known === undefined, failures })
    const axes = picture?.axes ?? known?.axes
    if (picture === undefined || axes === undefined) return noMap
    const causes = mark.failed === 0 ? [] : failures ? causesOf(axes, picture) : (known?.map.causes ?? [])
    const { peers, blobs } = axes
    const map = { plan: String(mark.plan), peers, blobs, rows: rowsOf(axes, picture.letters), causes }
    const atMs = this.#ports.clock.now()
    this.#drawn.set(String(job), { mark, axes, map, atMs, tookMs: atMs - begunMs })
    return map
  }
}

/** While no plan is there as a whole. */
const noMap: JobMap = { plan: '', peers: [], blobs: [], rows: [], causes: [] }

/** Whether what was drawn by one mark will do for another; the end of a job is seen by the next look. */
const shows = (drawn: PlanMark, asked: PlanMark, isYoung: boolean): boolean =>
  drawn.plan === asked.plan && (drawn.version === asked.version || (!asked.settled && isYoung))

const noTask = '.'.charCodeAt(0)

export function rowsOf({ peers, blobs, places }: PlanAxes, letters: string): readonly string[] {
  const cells = new Uint8Array(peers.length * blobs.length).fill(noTask)
  places.forEach((place, ordinal) => (cells[place] = letters.charCodeAt(ordinal)))
  const all = new TextDecoder().decode(cells)
  return blobs.map((_, row) => all.slice(row * peers.length, (row + 1) * peers.length))
}

export function causesOf({ peers, places }: PlanAxes, { failures }: Pick<PlanPicture, 'failures'>): readonly Cause[] {
  const toCause = ({ problem, ordinals }: FailedAlike): Cause => {
    const cells = ordinals.map((ordinal) => places[ordinal] ?? 0)
    return {
      problem,
      tasks: ordinals.length,
      peers: new Set(cells.map((cell) => cell % peers.length)).size,
      blobs: new Set(cells.map((cell) => Math.floor(cell / peers.length))).size,
    }
  }
  return (failures ?? []).map(toCause).toSorted((one, other) => other.tasks - one.tasks)
}

function bytesOf({ axes: { peers, blobs, places } }: Drawn): number {
  return places.byteLength + peers.length * blobs.length + (peers.length + blobs.length) * nounBytes
}
