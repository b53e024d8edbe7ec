// Facts that rooms announce; observability listens.

import type { Facts, Problem } from './failure.ts'
import type { JobContract, Progress } from './job.ts'
import type { Source } from './task.ts'

export type Event =
  | { readonly at: 'job.accepted'; readonly job: number; readonly contract: JobContract }
  | { readonly at: 'job.claimed'; readonly job: number; readonly waitedMs: number }
  | { readonly at: 'job.resolved'; readonly job: number; readonly blobs: number; readonly bytes: number | null }
  | {
      readonly at: 'task.warmed'
      readonly job: number
      readonly peer: string
      readonly blob: string
      readonly bytes: number
      readonly source: Source | null
      readonly ms: number
    }
  | {
      readonly at: 'task.retried' | 'task.failed'
      readonly job: number
      readonly peer: string
      readonly blob: string
      readonly problem: Problem
      readonly facts: Facts
    }
  | {
      /** Peers that should feed each other went to the origin instead: `times` over for a blob. */
      readonly at: 'job.stampede'
      readonly job: number
      readonly cluster: number
      readonly blob: string
      readonly times: number
    }
  | { readonly at: 'job.failed'; readonly job: number; readonly problem: Problem; readonly facts: Facts }
  | {
      readonly at: 'job.settled'
      readonly job: number
      readonly state: 'succeeded' | 'failed' | 'cancelled'
      readonly progress: Progress
      readonly problem: Problem | null
      readonly ms: number
    }
  | { readonly at: 'plan.failed'; readonly problem: Problem; readonly facts: Facts }
  | { readonly at: 'job.given-up'; readonly job: number; readonly why: string }
  | { readonly at: 'fault'; readonly where: string; readonly error: unknown }

export type Announce = (event: Event) => void
