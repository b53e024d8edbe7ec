// A job's plan as a picture is made of it: little of each task, since there may be a hundred thousand.

import type { Blob } from './blob.ts'
import type { Problem } from './failure.ts'
import type { Peer } from './peer.ts'

/** Where a job's plan stands. */
export interface PlanMark {
  /** Tells the plan from the others that the job has had; 0 while none is there as a whole, such as while one is written. */
  readonly plan: number
  readonly tasks: number
  /** Of them, by the job's progress. */
  readonly failed: number
  /** Another one whenever something of its tasks was written. */
  readonly version: string
  /** The job is over, and its tasks change no more. */
  readonly settled: boolean
}

/** What a plan's tasks are about, which does not change with them. */
export interface PlanAxes {
  /** Ordered by cluster and id. */
  readonly peers: readonly Peer[]
  /** In the order of the plan. */
  readonly blobs: readonly Blob[]
  /** For each task by its ordinal: the place of its blob × the number of peers + the place of its peer. */
  readonly places: Uint32Array
}

/** Failed tasks of a plan that have their code in common. */
export interface FailedAlike {
  /** The problem of the first of them. */
  readonly problem: Problem
  /** In their order. */
  readonly ordinals: readonly number[]
}

/** What is wanted beside the letters. */
export interface PlanWish {
  readonly axes: boolean
  readonly failures: boolean
}

/** A plan as it stands. What was not wanted is null. */
export interface PlanPicture {
  readonly axes: PlanAxes | null
  readonly failures: readonly FailedAlike[] | null
  /**
   * One for each task, by its ordinal: `q` waiting, `r` running, `w` warm, `h` warm and held already, `f` failed, `c`
   * cancelled.
   */
  readonly letters: string
}

/** The part of a JobStore that pictures are made from. */
export interface PlanStore {
  /** undefined: there is no such job. One round trip. */
  planMark(job: number): Promise<PlanMark | undefined>
  /** undefined: the plan of the mark is not there as a whole any more. More round trips the larger the job. */
  planPicture(job: number, mark: PlanMark, wish: PlanWish): Promise<PlanPicture | undefined>
}
