// What every JobStore promises.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noProgress } from '../../src/model/job.ts'
import type { JobQueue, JobStore } from '../../src/model/ports.ts'
import { newJob, progress, task, tasks } from './job-samples.ts'

export interface JobStoreBench {
  readonly jobs: JobStore
  readonly queue: JobQueue
  /** Every row of every table, as text. */
  readonly everything: () => Promise<string>
}

/** The bench must be empty before each case. */
export function jobStoreCases(bench: () => JobStoreBench): void {
  readingCases(bench)
  listCases(bench)
  cancelCases(bench)

  test('secrets are nowhere in clear, and gone once the job has settled', async () => {
    const { jobs, queue, everything } = bench()
    const secrets = {
      password: 'hunter2-password',
      headers: { Authorization: 'Bearer hunter2-header' },
      urls: ['https://files.example/model.bin?signature=hunter2-url'],
    }
    await jobs.insert(newJob({ secrets }))
    const inClear = /hunter2/
    const inHexadecimal = new RegExp(Buffer.from('hunter2').toString('hex'))
    assert.doesNotMatch(await everything(), inClear)
    assert.doesNotMatch(await everything(), inHexadecimal)
    const [claim] = await queue.claim('a', 60_000, 1)
    assert.deepEqual(claim?.secrets, secrets)
    assert.ok(await queue.settle(claim.lease, { state: 'succeeded', problem: null, progress: noProgress }))
    assert.match(await everything(), /"secrets":null/)
  })
}

function readingCases(bench: () => JobStoreBench): void {
  test('an inserted job reads back as it was answered', async () => {
    const { jobs } = bench()
    const inserted = await jobs.insert(newJob())
    const { contract, bio, userId, request, clusterIds, timeoutMs } = newJob()
    const { id, taskId, createdAtMs, ...rest } = inserted
    assert.match(taskId, /^group_[0-9a-f-]{36}$/)
    assert.ok(Number.isSafeInteger(id) && id > 0)
    assert.ok(Math.abs(createdAtMs - Date.now()) < 60_000, 'the time is in milliseconds since the epoch')
    assert.deepEqual(rest, {
      contract,
      bio,
      userId,
      state: 'queued',
      request,
      clusterIds,
      pinned: null,
      platforms: [],
      warnings: [],
      progress: noProgress,
      problem: null,
      cancelRequested: false,
      updatedAtMs: createdAtMs,
      deadlineAtMs: createdAtMs + timeoutMs,
      settledAtMs: null,
    })
    assert.deepEqual(await jobs.get(id), inserted)
  })

  test('ids count upwards', async () => {
    const { jobs } = bench()
    const first = await jobs.insert(newJob())
    const second = await jobs.insert(newJob())
    assert.ok(second.id > first.id)
    assert.notEqual(second.taskId, first.taskId)
  })

  test('a job that was never made is not found, whatever number is asked for', async () => {
    const { jobs } = bench()
    for (const id of [0, -1, 4_000_000_000, Number.MAX_SAFE_INTEGER, 1e300, 1.5, Number.NaN]) {
      assert.equal(await jobs.get(id), undefined)
      assert.equal(await jobs.cancel(id), undefined)
      assert.deepEqual(await jobs.tasks(id), [])
    }
  })

  test('text that PostgreSQL cannot keep is kept without what it cannot', async () => {
    const { jobs } = bench()
    const bio = 'a\0b \\u0000 "quoted" ünï 🚀'
    const request = { ...newJob().request, tag: `${bio} \uD800` }
    const job = await jobs.insert(newJob({ bio, request }))
    assert.equal(job.bio, 'a\uFFFDb \\u0000 "quoted" ünï 🚀')
    assert.equal(job.request.tag, 'a\uFFFDb \\u0000 "quoted" ünï 🚀 \uFFFD')
  })

  test('tasks read back whole and in the order of the plan', async () => {
    const { jobs, queue } = bench()
    const { id } = await jobs.insert(newJob())
    assert.deepEqual(await jobs.tasks(id), [])
    const [claim] = await queue.claim('a', 60_000, 1)
    assert.ok(claim)
    const { code, side, message, hint } = {
      code: 'registry.busy',
      side: 'registry',
      message: 'registry.example said\0 429.',
      hint: 'Wait.',
    } as const
    const failed = task(2, { state: 'failed', attempts: 3, problem: { code, side, message, hint }, startedAtMs: 1_000 })
    const warm = task(0, {
      state: 'warm',
      attempts: 1,
      bytes: 2 ** 40,
      source: 'origin',
      proof: 'digest',
      digest: task(0).blob.digest,
      startedAtMs: 1_700_000_000_123,
      endedAtMs: 1_700_000_000_456,
    })
    assert.ok(await queue.saveTasks(claim.lease, [failed, task(1), warm], progress({ tasks: 3 })))
    const kept = { ...failed, problem: { code, side, message: 'registry.example said\uFFFD 429.', hint } }
    assert.deepEqual(await jobs.tasks(id), [warm, task(1), kept])
    assert.deepEqual((await jobs.get(id))?.progress, progress({ tasks: 3 }))
  })

  test('5,000 tasks are saved at once, and replaced by ordinal', async () => {
    const { jobs, queue } = bench()
    const { id } = await jobs.insert(newJob())
    const [claim] = await queue.claim('a', 60_000, 1)
    assert.ok(claim)
    const plan = tasks(5_000)
    assert.ok(await queue.saveTasks(claim.lease, plan, progress({ tasks: 5_000 })))
    assert.deepEqual(await jobs.tasks(id), plan)
    const done = task(4_321, { state: 'warm', bytes: 9 })
    assert.ok(await queue.saveTasks(claim.lease, [done], progress({ tasks: 5_000, warm: 1 })))
    assert.deepEqual(await jobs.tasks(id), plan.with(4_321, done))
  })
}

function listCases(bench: () => JobStoreBench): void {
  test('a list is newest first, in pages, with the total of all pages', async () => {
    const { jobs } = bench()
    const ids: number[] = []
    for (let count = 0; count < 5; count++) ids.unshift((await jobs.insert(newJob())).id)
    const pages = await Promise.all([1, 2, 3, 4].map((page) => jobs.list({}, page, 2)))
    assert.deepEqual(
      pages.map((page) => page.rows.map((job) => job.id)),
      [ids.slice(0, 2), ids.slice(2, 4), ids.slice(4), []],
    )
    assert.deepEqual(
      pages.map((page) => page.total),
      [5, 5, 5, 5],
    )
    assert.deepEqual(pages[0]?.rows[0], await jobs.get(ids[0] ?? 0))
  })

  test('a list can be limited by state, type and user, and by all of them', async () => {
    const { jobs, queue } = bench()
    const image = { ...newJob().request, type: 'image', url: 'team/app:1', platforms: [] }
    const failed = await jobs.insert(newJob({ userId: 1 }))
    const [claim] = await queue.claim('a', 60_000, 1)
    assert.ok(claim)
    await queue.settle(claim.lease, { state: 'failed', problem: null, progress: noProgress })
    const other = await jobs.insert(newJob({ userId: 2 }))
    // What is in the request is none of the store's business but for its type.
    const pulled = await jobs.insert(newJob({ userId: 2, request: image as unknown as typeof other.request }))
    const idsOf = async (...asked: Parameters<JobStore['list']>) =>
      (await jobs.list(...asked)).rows.map((job) => job.id)
    assert.deepEqual(await idsOf({ states: ['failed'] }, 1, 10), [failed.id])
    assert.deepEqual(await idsOf({ states: ['queued', 'failed'] }, 1, 10), [pulled.id, other.id, failed.id])
    assert.deepEqual(await idsOf({ states: [] }, 1, 10), [])
    assert.deepEqual(await idsOf({ type: 'image' }, 1, 10), [pulled.id])
    assert.deepEqual(await idsOf({ userId: 2 }, 1, 10), [pulled.id, other.id])
    assert.deepEqual(await idsOf({ userId: 2, type: 'file', states: ['queued'] }, 1, 10), [other.id])
    assert.equal((await jobs.list({ userId: 2 }, 1, 1)).total, 2)
  })
}

function cancelCases(bench: () => JobStoreBench): void {
  test('a queued job that nobody holds is cancelled at once', async () => {
    const { jobs, queue } = bench()
    const { id } = await jobs.insert(newJob({ secrets: { password: 'p' } }))
    const cancelled = await jobs.cancel(id)
    assert.equal(cancelled?.state, 'cancelled')
    assert.equal(cancelled.problem?.code, 'job.cancelled')
    assert.equal(cancelled.cancelRequested, true)
    assert.notEqual(cancelled.settledAtMs, null)
    assert.equal(cancelled.updatedAtMs, cancelled.settledAtMs)
    assert.deepEqual(await jobs.get(id), cancelled)
    assert.deepEqual(await queue.claim('a', 60_000, 1), [])
    assert.deepEqual(await jobs.cancel(id), cancelled, 'cancelling it again changes nothing')
  })

  test('a held job is marked, and stays with its conductor', async () => {
    const { jobs, queue } = bench()
    const { id } = await jobs.insert(newJob())
    const [claim] = await queue.claim('a', 60_000, 1)
    assert.ok(claim)
    const asked = await jobs.cancel(id)
    assert.equal(asked?.state, 'queued')
    assert.equal(asked.cancelRequested, true)
    assert.equal(asked.settledAtMs, null)
    assert.deepEqual(await jobs.cancel(id), asked, 'asking again changes nothing')
    assert.equal(await queue.extend(claim.lease, 60_000), 'cancel requested')
  })

  test('a job that was begun and given back is marked, so that its next conductor ends it properly', async () => {
    const { jobs, queue } = bench()
    const { id } = await jobs.insert(newJob())
    const [first] = await queue.claim('a', 60_000, 1)
    assert.ok(first)
    assert.ok(await queue.change(first.lease, { state: 'resolving' }))
    await queue.release(first.lease)
    assert.equal((await jobs.cancel(id))?.state, 'resolving')
    const [second] = await queue.claim('b', 60_000, 1)
    assert.equal(second?.job.cancelRequested, true)
  })

  test('a settled job is answered as it is', async () => {
    const { jobs, queue } = bench()
    const { id } = await jobs.insert(newJob())
    const [claim] = await queue.claim('a', 60_000, 1)
    assert.ok(claim)
    await queue.settle(claim.lease, { state: 'succeeded', problem: null, progress: noProgress })
    const before = await jobs.get(id)
    assert.deepEqual(await jobs.cancel(id), before)
    assert.equal(before?.cancelRequested, false)
  })
}
