// What every JobQueue promises.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../src/model/failure.ts'
import { noProgress } from '../../src/model/job.ts'
import type { Claim, JobQueue, JobStore } from '../../src/model/ports.ts'
import { digest, fleet, layer, newJob, peerSample, progress, task, tasks, warmed } from './job-samples.ts'

export interface JobQueueBench {
  readonly jobs: JobStore
  readonly queue: JobQueue
  /** The same queue, for a replica whose key is another one. */
  readonly stranger: JobQueue
  /** Rows of tasks, of all jobs together. */
  readonly tasksKept: () => Promise<number>
}

const long = 60_000
/** A lease that is over as soon as it is given. */
const none = 0

const ordinalsFrom = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n)

/** The bench must be empty before each case. */
export function jobQueueCases(bench: () => JobQueueBench): void {
  const claimOne = async (leaseMs = long): Promise<Claim> => {
    const [claim] = await bench().queue.claim('a', leaseMs, 1)
    assert.ok(claim)
    return claim
  }
  const insertAndClaim = async (leaseMs = long): Promise<Claim> => {
    await bench().jobs.insert(newJob())
    return claimOne(leaseMs)
  }
  claimCases(bench)
  fenceCases(bench, insertAndClaim)
  writeCases(bench, insertAndClaim)
}

type MakeClaim = (leaseMs?: number) => Promise<Claim>

function claimCases(bench: () => JobQueueBench): void {
  test('jobs are claimed oldest first, with all that is known of them, and no more than asked for', async () => {
    const { jobs, queue } = bench()
    const inserted = [await jobs.insert(newJob()), await jobs.insert(newJob()), await jobs.insert(newJob())]
    assert.deepEqual(await queue.claim('a', long, 0), [])
    const first = await queue.claim('a', long, 2)
    const second = await queue.claim('b', long, 2)
    assert.deepEqual(
      first.map((claim) => claim.job),
      inserted.slice(0, 2),
    )
    assert.deepEqual(
      second.map((claim) => claim.job),
      inserted.slice(2),
    )
    assert.deepEqual(first[0]?.lease, { job: inserted[0]?.id, epoch: 1 })
    assert.deepEqual(first[0]?.secrets, {})
    assert.deepEqual(await queue.claim('c', long, 2), [])
  })

  test('two holders never hold the same job, however many claim at once', async () => {
    const { jobs, queue } = bench()
    const count = 60
    for (let made = 0; made < count; made++) await jobs.insert(newJob())
    const claims = await Promise.all(
      Array.from({ length: 30 }, (_, holder) => queue.claim(`holder ${holder}`, long, 3)),
    )
    const rest = await queue.claim('the last one', long, count)
    const ids = [...claims.flat(), ...rest].map((claim) => claim.job.id)
    assert.equal(ids.length, count)
    assert.equal(new Set(ids).size, count)
  })

  test('secrets sealed with another key are said to be unreadable', async () => {
    const { jobs, stranger } = bench()
    await jobs.insert(newJob({ secrets: { password: 'p' } }))
    const [claim] = await stranger.claim('a', long, 1)
    assert.ok(claim)
    assert.equal(claim.secrets, undefined)
  })

  test('a job whose time is over, and that nobody holds, can be ended with its reason', async () => {
    const { jobs, queue } = bench()
    const { problem } = new Failure('job.deadline', 'The job was not begun in its time.')
    const overdue = await jobs.insert(newJob({ timeoutMs: 0, secrets: { password: 'p' } }))
    const inTime = await jobs.insert(newJob())
    assert.deepEqual(await queue.endOverdue(problem), [overdue.id])
    const ended = await jobs.get(overdue.id)
    assert.equal(ended?.state, 'failed')
    assert.deepEqual(ended.problem, problem)
    assert.notEqual(ended.settledAtMs, null)
    assert.deepEqual(
      (await queue.claim('a', long, 9)).map((claim) => claim.job.id),
      [inTime.id],
    )
    assert.deepEqual(await queue.endOverdue(problem), [])
  })

  test('a job whose time is over is left to whoever holds it', async () => {
    const { jobs, queue } = bench()
    await jobs.insert(newJob({ timeoutMs: 0 }))
    await queue.claim('a', long, 1)
    assert.deepEqual(await queue.endOverdue(new Failure('job.deadline', 'Over.').problem), [])
  })

  test('a settled job is never claimed again', async () => {
    const { jobs, queue } = bench()
    await jobs.insert(newJob())
    const [claim] = await queue.claim('a', none, 1)
    assert.ok(claim)
    assert.ok(await queue.settle(claim.lease, { state: 'failed', problem: null, progress: noProgress }))
    assert.deepEqual(await queue.claim('b', long, 1), [])
  })
}

function fenceCases(bench: () => JobQueueBench, insertAndClaim: MakeClaim): void {
  const refusedEverywhere = async ({ lease }: Claim): Promise<void> => {
    const { jobs, queue } = bench()
    const before = await jobs.get(lease.job)
    assert.equal(await queue.extend(lease, long), 'lost')
    assert.equal(await queue.change(lease, { state: 'warming', warnings: ['written too late'] }), false)
    assert.equal(await queue.saveTasks(lease, tasks(1), progress({ tasks: 1 })), false)
    assert.equal(await queue.saveTasks(lease, tasks(4_500), progress({ tasks: 4_500 })), false)
    assert.equal(await queue.savePlan(lease, tasks(4_500), progress({ tasks: 4_500 })), false)
    assert.equal(await queue.savePlan(lease, [], noProgress), false)
    assert.equal(await queue.settle(lease, { state: 'failed', problem: null, progress: noProgress }), false)
    await queue.release(lease)
    assert.deepEqual(await jobs.get(lease.job), before)
    assert.deepEqual(await jobs.tasks(lease.job), [])
  }

  test('an expired lease goes to the next, with a higher epoch, and the old one writes nothing', async () => {
    const { queue } = bench()
    const old = await insertAndClaim(none)
    const [next] = await queue.claim('b', long, 1)
    assert.ok(next)
    assert.equal(next.job.id, old.job.id)
    assert.ok(next.lease.epoch > old.lease.epoch)
    await refusedEverywhere(old)
    assert.equal(await queue.extend(next.lease, long), 'held')
  })

  test('an expired lease that nobody took is still good, and can be extended', async () => {
    const { queue } = bench()
    const claim = await insertAndClaim(none)
    assert.equal(await queue.extend(claim.lease, long), 'held')
    assert.deepEqual(await queue.claim('b', long, 1), [])
  })

  test('a released job can be claimed at once, and whoever released it writes nothing more', async () => {
    const { queue } = bench()
    const old = await insertAndClaim()
    await queue.release(old.lease)
    await refusedEverywhere(old)
    const [next] = await queue.claim('b', long, 1)
    assert.equal(next?.job.id, old.job.id)
  })

  test('a settled job is written by nobody', async () => {
    const { queue } = bench()
    const claim = await insertAndClaim()
    assert.ok(await queue.settle(claim.lease, { state: 'succeeded', problem: null, progress: noProgress }))
    await refusedEverywhere(claim)
  })

  test('a cancel at once wins over a conductor whose lease had expired', async () => {
    const { jobs } = bench()
    const claim = await insertAndClaim(none)
    assert.equal((await jobs.cancel(claim.job.id))?.state, 'cancelled')
    await refusedEverywhere(claim)
  })
}

function writeCases(bench: () => JobQueueBench, insertAndClaim: MakeClaim): void {
  test('a plan that became shorter, or empty, takes away what is beyond it, and only that', async () => {
    const { queue, jobs, tasksKept } = bench()
    const { lease } = await insertAndClaim()
    const other = await insertAndClaim()
    const longer = tasks(1_205)
    assert.ok(await queue.savePlan(lease, longer, progress({ tasks: 1_205 })))
    assert.ok(await queue.savePlan(other.lease, tasks(5), progress({ tasks: 5 })))
    assert.ok(await queue.savePlan(lease, longer.slice(0, 3), progress({ tasks: 3 })))
    assert.deepEqual(await jobs.tasks(lease.job), longer.slice(0, 3))
    assert.equal(await tasksKept(), 8)
    assert.ok(await queue.savePlan(lease, [], noProgress))
    assert.deepEqual(await jobs.tasks(lease.job), [])
    assert.equal(await tasksKept(), 5)
    assert.equal((await jobs.tasks(other.lease.job)).length, 5)
  })

  test('a plan whose lease is lost on the way stops, and what another replica planned stays', async () => {
    const { queue, jobs } = bench()
    const old = await insertAndClaim(none)
    const writing = queue.savePlan(old.lease, tasks(20_000), progress({ tasks: 20_000 }))
    const cancelled = await jobs.cancel(old.job.id)
    assert.equal(cancelled?.state, 'cancelled')
    assert.equal(await writing, false)
    assert.ok(await jobs.reopen(cancelled, {}, long))
    const [next] = await queue.claim('b', long, 1)
    assert.ok(next)
    const plan = tasks(3).map((each) => ({ ...each, attempts: 7 }))
    assert.ok(await queue.savePlan(next.lease, plan, progress({ tasks: 3 })))
    assert.deepEqual(await jobs.tasks(next.lease.job), plan)
  })

  test('others get their turn while a large plan is written', async () => {
    const { queue, jobs } = bench()
    const { lease } = await insertAndClaim()
    let written = false
    const writing = queue.savePlan(lease, tasks(20_000), progress({ tasks: 20_000 })).then((held) => {
      written = true
      return held
    })
    assert.equal((await jobs.get(lease.job))?.progress.tasks, 0)
    assert.equal(await queue.extend(lease, long), 'held')
    assert.equal(written, false)
    assert.ok(await writing)
    assert.equal((await jobs.get(lease.job))?.progress.tasks, 20_000)
  })

  test('the peers and blobs of an earlier plan stay, and those of the new one are as it says', async () => {
    const { queue, jobs } = bench()
    const { lease } = await insertAndClaim()
    const [a, b, c] = [peerSample('a'), peerSample('b'), peerSample('c')]
    const before = [task(0, { peer: a, blob: layer(digest('a')) }), task(1, { peer: b, blob: layer(digest('b')) })]
    assert.ok(await queue.savePlan(lease, before, progress({ tasks: 2 })))
    const moved = { ...b, hostname: 'elsewhere', location: 'rack 7' }
    const after = [task(0, { peer: c, blob: layer(digest('c')) }), task(1, { peer: moved, blob: layer(digest('b')) })]
    assert.ok(await queue.saveTasks(lease, after.slice(0, 1), progress({ tasks: 2 })))
    assert.deepEqual(await jobs.tasks(lease.job), [after[0], before[1]])
    assert.ok(await queue.savePlan(lease, after, progress({ tasks: 2 })))
    assert.deepEqual(await jobs.tasks(lease.job), after)
  })

  test('a plan of 30,000 tasks is written, warmed in batches, and read in full', async () => {
    const { queue, jobs } = bench()
    const { lease } = await insertAndClaim()
    const plan = fleet(300, 100)
    const count = plan.length
    assert.equal(count, 30_000)
    assert.ok(await queue.savePlan(lease, plan, progress({ tasks: count })))
    const done = plan.map((each) =>
      each.ordinal % 15_000 === 7 ? { ...each, state: 'failed' as const } : warmed(each),
    )
    for (let from = 0; from < count; from += 1_700) {
      assert.ok(await queue.saveTasks(lease, done.slice(from, from + 1_700), progress({ tasks: count, warm: from })))
    }
    const failures = [done[7], done[15_007]]
    assert.deepEqual(await jobs.tasks(lease.job), done)
    const { byPeer, ...listed } = await jobs.outcome(lease.job, 2_000, count)
    assert.deepEqual(listed, { failures, successes: null })
    assert.equal(byPeer.length, 300)
    assert.deepEqual(
      byPeer.filter(({ warm }) => warm < 100),
      failures.map((failed) => ({ peer: failed?.peer, warm: 99, tasks: 100 })),
    )
    const late = await jobs.taskPage(lease.job, { state: 'warm' }, 10, 2_999)
    assert.deepEqual([late.total, late.rows.map(({ ordinal }) => ordinal)], [29_998, ordinalsFrom(26_993, 29_992)])
    assert.deepEqual((await jobs.taskPage(lease.job, { blob: plan[3]?.blob.url ?? '' }, 150, 2)).rows, [
      done[29_803],
      done[29_903],
    ])
    assert.ok(await jobs.remove(lease.job))
  })

  test('a change writes what it names and nothing else', async () => {
    const { jobs, queue } = bench()
    const { job, lease } = await insertAndClaim()
    const pinned = digest('b')
    assert.ok(await queue.change(lease, { state: 'resolving' }))
    assert.ok(await queue.change(lease, { pinned, platforms: ['linux/amd64'], warnings: ['one layer was left out'] }))
    assert.ok(await queue.change(lease, { state: 'warming', progress: progress({ tasks: 2, bytesTotal: 2 ** 41 }) }))
    const now = await jobs.get(job.id)
    assert.ok(now && now.updatedAtMs >= job.updatedAtMs)
    assert.deepEqual(now, {
      ...job,
      state: 'warming',
      pinned,
      platforms: ['linux/amd64'],
      warnings: ['one layer was left out'],
      progress: progress({ tasks: 2, bytesTotal: 2 ** 41 }),
      updatedAtMs: now.updatedAtMs,
    })
    assert.ok(await queue.change(lease, { pinned: null }))
    assert.equal((await jobs.get(job.id))?.pinned, null)
  })

  test('tasks are saved with the progress, also when there are none', async () => {
    const { jobs, queue } = bench()
    const { job, lease } = await insertAndClaim()
    assert.ok(await queue.saveTasks(lease, [], progress({ warm: 3 })))
    assert.equal((await jobs.get(job.id))?.progress.warm, 3)
    assert.deepEqual(await jobs.tasks(job.id), [])
  })

  test('settling writes the end and its time, and gives the lease back', async () => {
    const { jobs, queue } = bench()
    const { job, lease } = await insertAndClaim()
    const denied = new Failure('registry.denied', 'registry.example refused the credential.').problem
    const problem = { ...denied, message: 'registry.example refused\0 the credential.' }
    assert.ok(await queue.settle(lease, { state: 'failed', problem, progress: progress({ failed: 1 }) }))
    const end = await jobs.get(job.id)
    assert.ok(end)
    assert.notEqual(end.settledAtMs, null)
    assert.deepEqual(end, {
      ...job,
      state: 'failed',
      problem: { ...problem, message: 'registry.example refused\uFFFD the credential.' },
      progress: progress({ failed: 1 }),
      updatedAtMs: end.settledAtMs,
      settledAtMs: end.settledAtMs,
    })
  })
}
