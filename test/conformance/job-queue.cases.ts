// What every JobQueue promises.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../src/model/failure.ts'
import { noProgress } from '../../src/model/job.ts'
import type { Claim, JobQueue, JobStore } from '../../src/model/ports.ts'
import { digest, newJob, progress, tasks } from './job-samples.ts'

export interface JobQueueBench {
  readonly jobs: JobStore
  readonly queue: JobQueue
  /** The same queue, for a replica whose key is another one. */
  readonly stranger: JobQueue
}

const long = 60_000
/** A lease that is over as soon as it is given. */
const none = 0

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
    assert.equal(await queue.dropTasks(lease, 0), false)
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
  test('tasks beyond a plan that became shorter go, and only those', async () => {
    const { queue, jobs } = bench()
    const { lease } = await insertAndClaim()
    const other = await insertAndClaim()
    assert.ok(await queue.saveTasks(lease, tasks(5), progress({ tasks: 5 })))
    assert.ok(await queue.saveTasks(other.lease, tasks(5), progress({ tasks: 5 })))
    assert.ok(await queue.dropTasks(lease, 3))
    assert.deepEqual(
      (await jobs.tasks(lease.job)).map(({ ordinal }) => ordinal),
      [0, 1, 2],
    )
    assert.equal((await jobs.tasks(other.lease.job)).length, 5)
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
