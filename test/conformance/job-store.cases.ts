// What every JobStore promises.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Blob } from '../../src/model/blob.ts'
import { Failure } from '../../src/model/failure.ts'
import { noProgress } from '../../src/model/job.ts'
import type { Claim, JobEnd, JobQueue, JobStore, TaskFilter } from '../../src/model/ports.ts'
import type { Task } from '../../src/model/task.ts'
import { jobListCases } from './job-list.cases.ts'
import { jobMapCases } from './job-map.cases.ts'
import {
  digest,
  fleet,
  layer,
  newJob,
  peerSample,
  progress,
  task,
  tasks,
  warmed,
  type JobStoreBench,
} from './job-samples.ts'

/** The bench must be empty before each case. */
export function jobStoreCases(bench: () => JobStoreBench): void {
  readingCases(bench)
  listCases(bench)
  cancelCases(bench)
  onceCases(bench)
  taskPageCases(bench)
  filterCases(bench)
  outcomeCases(bench)
  noteAndRemoveCases(bench)
  reopenCases(bench)
  jobListCases(bench)
  jobMapCases(bench)

  test('secrets are nowhere in clear, and gone once the job has settled', async () => {
    const { jobs, queue, everything } = bench()
    const secrets = {
      password: 'hunter2-password',
      headers: { Authorization: 'Bearer hunter2-header' },
      urls: ['https://files.example/model.bin?signature=hunter2-url'],
    }
    const inHexadecimal = Buffer.from('hunter2').toString('hex')
    const sealedUntilSettled = async () => {
      assert.doesNotMatch(await everything(), new RegExp(`hunter2|${inHexadecimal}`))
      const [claim] = await queue.claim('a', 60_000, 1)
      assert.deepEqual(claim?.secrets, secrets)
      assert.ok(await queue.settle(claim.lease, { state: 'failed', problem: null, progress: noProgress }))
      assert.match(await everything(), /"secrets":null/)
    }
    const { job } = await jobs.insertOnce('a key', newJob({ secrets }))
    await sealedUntilSettled()
    assert.ok(await jobs.reopen(job, secrets, 60_000))
    await sealedUntilSettled()
  })
}

function readingCases(bench: () => JobStoreBench): void {
  test('an inserted job reads back as it was answered', async () => {
    const { jobs } = bench()
    const inserted = await jobs.insert(newJob())
    const { contract, bio, userId, requestedBy, request, clusterIds, timeoutMs } = newJob()
    const { id, taskId, createdAtMs, ...rest } = inserted
    assert.match(taskId, /^group_[0-9a-f-]{36}$/)
    assert.ok(Number.isSafeInteger(id) && id > 0)
    assert.ok(Math.abs(createdAtMs - Date.now()) < 60_000, 'the time is in milliseconds since the epoch')
    assert.deepEqual(rest, {
      contract,
      bio,
      userId,
      requestedBy,
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
      assert.deepEqual(await jobs.taskPage(id, {}, 1, 10), { rows: [], total: 0 })
      assert.deepEqual(await jobs.outcome(id, 10), { failures: [], successes: [], byPeer: [] })
      assert.equal(await jobs.note(id, 'a note'), undefined)
      assert.equal(await jobs.remove(id), false)
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
      moved: { origin: 2 ** 39, peer: 2 ** 39 },
      proof: 'digest',
      digest: task(0).blob.digest,
      startedAtMs: 1_700_000_000_123,
      endedAtMs: 1_700_000_000_456,
    })
    assert.ok(await queue.savePlan(claim.lease, [failed, task(1), warm], progress({ tasks: 3 })))
    const kept = { ...failed, problem: { code, side, message: 'registry.example said\uFFFD 429.', hint } }
    assert.deepEqual(await jobs.tasks(id), [warm, task(1), kept])
    const none = await jobs.insert(newJob())
    assert.deepEqual(
      await Promise.all(
        [none.id, id, id].map(async (each) => {
          const { failures, successes } = await jobs.outcome(each, 2_000, 3)
          return { failures, successes }
        }),
      ),
      [
        { failures: [], successes: [] },
        { failures: [task(1), kept], successes: [warm] },
        { failures: [task(1), kept], successes: [warm] },
      ],
      'read together with those of other jobs',
    )
    assert.deepEqual((await jobs.get(id))?.progress, progress({ tasks: 3 }))
  })

  test('5,000 tasks are saved at once, and replaced by ordinal', async () => {
    const { jobs, queue } = bench()
    const { id } = await jobs.insert(newJob())
    const [claim] = await queue.claim('a', 60_000, 1)
    assert.ok(claim)
    const plan = tasks(5_000)
    assert.ok(await queue.savePlan(claim.lease, plan, progress({ tasks: 5_000 })))
    assert.deepEqual(await jobs.tasks(id), plan)
    const done = task(4_321, { state: 'warm', bytes: 9 })
    assert.ok(await queue.saveTasks(claim.lease, [done], progress({ tasks: 5_000, warm: 1 })))
    assert.deepEqual(await jobs.tasks(id), plan.with(4_321, done))
    // Planned anew when it was taken up again, a job may have fewer.
    assert.ok(await queue.savePlan(claim.lease, plan.slice(0, 2), progress({ tasks: 2 })))
    assert.deepEqual(await jobs.tasks(id), plan.slice(0, 2))
    assert.equal((await jobs.taskPage(id, {}, 1, 10)).total, 2)
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
    const evict = { ...newJob().request, type: 'delete_task', taskId: 'f'.repeat(64), url: null } as const
    const evicted = await jobs.insert(newJob({ userId: 3, request: evict }))
    const idsOf = async (...asked: Parameters<JobStore['list']>) =>
      (await jobs.list(...asked)).rows.map((job) => job.id)
    assert.deepEqual(await idsOf({ states: ['failed'] }, 1, 10), [failed.id])
    assert.deepEqual(await idsOf({ states: ['queued', 'failed'] }, 1, 10), [evicted.id, pulled.id, other.id, failed.id])
    assert.deepEqual(await idsOf({ states: [] }, 1, 10), [])
    assert.deepEqual(await idsOf({ types: ['image'] }, 1, 10), [pulled.id])
    assert.deepEqual(await idsOf({ types: ['image', 'file'] }, 1, 10), [pulled.id, other.id, failed.id])
    assert.deepEqual(await idsOf({ types: ['get_task', 'delete_task'] }, 1, 10), [evicted.id])
    assert.deepEqual(await idsOf({ types: [] }, 1, 10), [])
    assert.deepEqual(await idsOf({ userId: 2 }, 1, 10), [pulled.id, other.id])
    assert.deepEqual(await idsOf({ userId: 2, types: ['file'], states: ['queued'] }, 1, 10), [other.id])
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

function onceCases(bench: () => JobStoreBench): void {
  test('a key makes one job for each user, and leads to it until it is removed', async () => {
    const { jobs, queue } = bench()
    const first = await jobs.insertOnce('deploy 7', newJob())
    assert.equal(first.made, true)
    assert.deepEqual(await jobs.get(first.job.id), first.job)
    const again = await jobs.insertOnce('deploy 7', newJob({ bio: 'something else' }))
    assert.deepEqual(again, { job: first.job, made: false })
    await settleNext(queue, { state: 'failed' })
    const settled = await jobs.insertOnce('deploy 7', newJob())
    assert.deepEqual(settled, { job: await jobs.get(first.job.id), made: false })
    assert.ok(await jobs.reopen(settled.job, {}, 60_000))
    assert.equal((await jobs.insertOnce('deploy 7', newJob())).job.state, 'queued')
    const others = [
      await jobs.insertOnce('deploy 7', newJob({ userId: 8 })),
      await jobs.insertOnce('deploy 8', newJob()),
    ]
    assert.deepEqual(
      others.map(({ made }) => made),
      [true, true],
    )
    assert.ok(await jobs.remove(first.job.id))
    const anew = await jobs.insertOnce('deploy 7', newJob())
    assert.equal(anew.made, true)
    assert.notEqual(anew.job.id, first.job.id)
  })

  test('of many with the same key at once, one makes the job, and all get it', async () => {
    const { jobs } = bench()
    const answers = await Promise.all(Array.from({ length: 40 }, () => jobs.insertOnce('deploy', newJob())))
    assert.equal(answers.filter(({ made }) => made).length, 1)
    for (const { job } of answers) assert.deepEqual(job, answers[0]?.job)
    assert.equal((await jobs.list({}, 1, 1)).total, 1)
  })

  test('jobs without a key are never taken for each other', async () => {
    const { jobs } = bench()
    await Promise.all([1, 2, 3].map(() => jobs.insert(newJob())))
    assert.equal((await jobs.list({}, 1, 1)).total, 3)
  })
}

function taskPageCases(bench: () => JobStoreBench): void {
  test('tasks come in pages, in the order of the plan, and can be limited by state', async () => {
    const { jobs, queue } = bench()
    const { id } = await jobs.insert(newJob())
    const [claim] = await queue.claim('a', 60_000, 1)
    assert.ok(claim)
    assert.deepEqual(await jobs.taskPage(id, {}, 1, 10), { rows: [], total: 0 })
    const plan = tasks(5)
      .with(1, task(1, { state: 'failed' }))
      .with(3, task(3, { state: 'failed' }))
    assert.ok(await queue.savePlan(claim.lease, plan.toReversed(), progress({ tasks: 5 })))
    const ordinals = async (...asked: Parameters<JobStore['taskPage']>) => {
      const { rows, total } = await jobs.taskPage(...asked)
      return { total, ordinals: rows.map(({ ordinal }) => ordinal) }
    }
    assert.deepEqual(await ordinals(id, {}, 1, 2), { total: 5, ordinals: [0, 1] })
    assert.deepEqual(await ordinals(id, {}, 3, 2), { total: 5, ordinals: [4] })
    assert.deepEqual(await ordinals(id, {}, 4, 2), { total: 5, ordinals: [] })
    assert.deepEqual(await ordinals(id, { state: 'failed' }, 2, 1), { total: 2, ordinals: [3] })
    assert.deepEqual((await jobs.taskPage(id, { state: 'failed' }, 1, 1)).rows, [plan[1]])
  })
}

function filterCases(bench: () => JobStoreBench): void {
  test('tasks can be limited by peer and by blob, however these are named, and by all at once', async () => {
    const { jobs, queue } = bench()
    const one = peerSample('one', { hostname: 'node-1', ip: '10.0.0.1' })
    const two = peerSample('two', { hostname: 'node-2', ip: '10.0.0.2' })
    const image = layer(digest('a'))
    const address = `https://files.example/${'long/'.repeat(1_600)}`
    const file: Blob = { kind: 'file', digest: null, size: null, mediaType: 'application/octet-stream', url: address }
    const plan = [
      task(0, { peer: one, blob: image, state: 'warm' }),
      task(1, { peer: one, blob: file, state: 'warm', digest: digest('f') }),
      task(2, { peer: two, blob: image }),
      task(3, { peer: two, blob: file }),
    ]
    for (const blob of [image, layer(digest('b'))]) {
      await jobs.insert(newJob())
      const [claim] = await queue.claim('a', 60_000, 1)
      assert.ok(claim)
      const saved = blob === image ? plan : [task(0, { peer: one, blob })]
      assert.ok(await queue.savePlan(claim.lease, saved, progress({ tasks: saved.length })))
    }
    const [, first] = (await jobs.list({}, 1, 2)).rows
    assert.ok(first)
    const asked: readonly (readonly [TaskFilter, readonly number[]])[] = [
      [{ peer: 'one' }, [0, 1]],
      [{ peer: 'node-2' }, [2, 3]],
      [{ peer: '10.0.0.2' }, [2, 3]],
      [{ peer: 'node-3' }, []],
      [{ peer: 'one\0' }, []],
      [{ blob: digest('a') }, [0, 2]],
      [{ blob: image.url }, [0, 2]],
      [{ blob: address }, [1, 3]],
      [{ blob: digest('f') }, [1]],
      [{ blob: digest('b') }, []],
      [{ state: 'waiting', blob: address }, [3]],
      [{ state: 'warm', peer: 'node-1', blob: digest('a') }, [0]],
      [{ state: 'failed', peer: 'node-1', blob: digest('a') }, []],
    ]
    for (const [filter, ordinals] of asked) {
      const found = await jobs.taskPage(first.id, filter, 1, 10)
      assert.deepEqual(
        found,
        { rows: ordinals.map((ordinal) => plan[ordinal]), total: ordinals.length },
        JSON.stringify(filter),
      )
    }
  })
}

function outcomeCases(bench: () => JobStoreBench): void {
  /** Job with 3 peers of 200 blobs each, of which the second peer lacks two. */
  const settled = async (count: number): Promise<{ id: number; done: readonly Task[] }> => {
    const { jobs, queue } = bench()
    const { id } = await jobs.insert(newJob())
    const [claim] = await queue.claim('a', 60_000, 1)
    assert.ok(claim)
    const plan = fleet(3, count / 3)
    const done = plan.map((each) =>
      each.ordinal === count / 3 || each.ordinal === count / 3 + 5 ? each : warmed(each),
    )
    assert.ok(await queue.savePlan(claim.lease, plan, progress({ tasks: count })))
    assert.ok(await queue.saveTasks(claim.lease, done, progress({ tasks: count, warm: count - 2 })))
    await queue.settle(claim.lease, {
      state: 'failed',
      problem: null,
      progress: progress({ tasks: count, warm: count - 2 }),
    })
    return { id, done }
  }

  for (const count of [30, 600, 3_000]) {
    test(`the outcome of ${count} tasks has every failure, and successes or what each peer holds`, async () => {
      const { jobs } = bench()
      const { id, done } = await settled(count)
      const failures = done.filter(({ state }) => state !== 'warm')
      const successes = done.filter(({ state }) => state === 'warm')
      assert.equal(failures.length, 2)
      for (const about of [count, undefined]) {
        const all = { failures, successes, byPeer: [] }
        assert.deepEqual(await jobs.outcome(id, count - 2, about), all)
        const each = count / 3
        assert.deepEqual(await jobs.outcome(id, count - 3, about), {
          failures,
          successes: null,
          byPeer: [0, 1, 2].map((n) => ({ peer: done[n * each]?.peer, warm: n === 1 ? each - 2 : each, tasks: each })),
        })
      }
    })
  }

  test('the outcome of a job without tasks is empty', async () => {
    const { jobs } = bench()
    const { id } = await jobs.insert(newJob())
    for (const about of [0, undefined]) {
      assert.deepEqual(await jobs.outcome(id, 10, about), { failures: [], successes: [], byPeer: [] })
    }
  })
}

function noteAndRemoveCases(bench: () => JobStoreBench): void {
  test('a note is changed in any state, and nothing else is: the finishing time neither', async () => {
    const { jobs, queue } = bench()
    const { id } = await jobs.insert(newJob())
    for (const end of [undefined, 'succeeded'] as const) {
      if (end !== undefined) await settleNext(queue, { state: end })
      const before = await jobs.get(id)
      assert.ok(before)
      const noted = await jobs.note(id, `the note\0 ${end}`)
      assert.deepEqual(noted, { ...before, bio: `the note\uFFFD ${end}` })
      assert.deepEqual(await jobs.get(id), noted)
    }
  })

  test('a removed job is gone with its tasks, and whoever conducts it writes nothing more', async () => {
    const { jobs, queue, everything } = bench()
    const { id } = await jobs.insert(newJob())
    const other = await jobs.insert(newJob({ bio: 'the other one' }))
    const [claim] = await queue.claim('a', 60_000, 1)
    assert.ok(claim)
    assert.ok(await queue.saveTasks(claim.lease, tasks(3), progress({ tasks: 3 })))
    assert.equal(await jobs.remove(id), true)
    assert.equal(await jobs.remove(id), false)
    assert.equal(await jobs.get(id), undefined)
    assert.deepEqual(await jobs.tasks(id), [])
    assert.equal(await queue.extend(claim.lease, 60_000), 'lost')
    assert.equal(await queue.saveTasks(claim.lease, tasks(3), progress({ tasks: 3 })), false)
    assert.equal(await queue.settle(claim.lease, { state: 'succeeded', problem: null, progress: noProgress }), false)
    assert.doesNotMatch(await everything(), new RegExp(`"job_id":${id}\\b`))
    assert.deepEqual(await jobs.get(other.id), other)
  })
}

function reopenCases(bench: () => JobStoreBench): void {
  /** A job that was resolved, did some of its work and failed. */
  const failedJob = async (): Promise<Claim> => {
    const { jobs, queue } = bench()
    await jobs.insert(newJob({ secrets: { password: 'the first one' } }))
    const [claim] = await queue.claim('a', 60_000, 1)
    assert.ok(claim)
    assert.ok(await queue.change(claim.lease, { state: 'resolving' }))
    assert.ok(
      await queue.change(claim.lease, { state: 'warming', pinned: digest('b'), warnings: ['one was left out'] }),
    )
    const done = [task(0, { state: 'warm', bytes: 9 }), task(1, { state: 'failed' })]
    assert.ok(await queue.saveTasks(claim.lease, done, progress({ tasks: 2 })))
    const { problem } = new Failure('registry.denied', 'registry.example refused the credential.')
    const end = {
      state: 'failed',
      problem,
      progress: progress({ tasks: 2, warm: 1, failed: 1, bytesDone: 9 }),
    } as const
    assert.ok(await queue.settle(claim.lease, end))
    return claim
  }

  test('a reopened job is in the queue again, with what it knows and without its problem', async () => {
    const { jobs, queue } = bench()
    const { lease } = await failedJob()
    const before = await jobs.get(lease.job)
    assert.ok(before)
    const tasksBefore = await jobs.tasks(lease.job)
    const reopened = await jobs.reopen(before, { password: 'the second one' }, 90_000)
    assert.ok(reopened && reopened.updatedAtMs >= before.updatedAtMs)
    assert.deepEqual(reopened, {
      ...before,
      state: 'queued',
      problem: null,
      settledAtMs: null,
      progress: progress({ tasks: 2, warm: 1, bytesDone: 9 }),
      updatedAtMs: reopened.updatedAtMs,
      deadlineAtMs: reopened.updatedAtMs + 90_000,
    })
    assert.deepEqual(await jobs.get(lease.job), reopened)
    assert.deepEqual(await jobs.tasks(lease.job), tasksBefore)
    const [again] = await queue.claim('b', 60_000, 1)
    assert.deepEqual(again?.job, reopened)
    assert.deepEqual(again.secrets, { password: 'the second one' })
    assert.equal(again.begun, 1, 'how often it was begun before its end counts no longer')
  })

  test('a cancelled job can be reopened too, and is cancelled no longer', async () => {
    const { jobs, queue } = bench()
    const { id } = await jobs.insert(newJob())
    const cancelled = await jobs.cancel(id)
    assert.ok(cancelled)
    const reopened = await jobs.reopen(cancelled, {}, 60_000)
    assert.deepEqual([reopened?.state, reopened?.cancelRequested, reopened?.problem], ['queued', false, null])
    const [claim] = await queue.claim('a', 60_000, 1)
    assert.ok(claim)
    assert.equal(await queue.extend(claim.lease, 60_000), 'held')
  })

  test('whoever conducted the job before writes nothing more, although it goes on', async () => {
    const { jobs, queue } = bench()
    const { lease, job } = await failedJob()
    const reopened = await jobs.reopen(job, {}, 60_000)
    assert.ok(reopened)
    assert.equal(await queue.extend(lease, 60_000), 'lost')
    assert.equal(await queue.change(lease, { state: 'warming' }), false)
    assert.equal(await queue.saveTasks(lease, tasks(1), progress({ tasks: 1 })), false)
    assert.equal(await queue.settle(lease, { state: 'succeeded', problem: null, progress: noProgress }), false)
    await queue.release(lease)
    assert.deepEqual(await jobs.get(job.id), reopened)
    const [next] = await queue.claim('b', 60_000, 1)
    assert.ok(next && next.lease.epoch > lease.epoch)
    assert.equal(next.begun, 1, 'it counts anew how often it was begun')
  })

  test('of two who reopen a job at once, one does', async () => {
    const { jobs } = bench()
    const { job } = await failedJob()
    const answers = await Promise.all([1, 2, 3, 4].map((timeoutMs) => jobs.reopen(job, {}, timeoutMs * 60_000)))
    const reopened = answers.filter((answer) => answer !== undefined)
    assert.equal(reopened.length, 1)
    assert.deepEqual(await jobs.get(job.id), reopened[0])
  })

  test('what is queued, under way, succeeded or gone is not reopened', async () => {
    const { jobs, queue } = bench()
    const job = await jobs.insert(newJob({ secrets: { password: 'p' } }))
    assert.equal(await jobs.reopen(job, {}, 60_000), undefined)
    const [claim] = await queue.claim('a', 60_000, 1)
    assert.deepEqual(claim?.secrets, { password: 'p' })
    assert.ok(await queue.change(claim.lease, { state: 'resolving' }))
    assert.equal(await jobs.reopen(job, {}, 60_000), undefined)
    assert.ok(await queue.settle(claim.lease, { state: 'succeeded', problem: null, progress: noProgress }))
    assert.equal(await jobs.reopen(job, {}, 60_000), undefined)
    assert.equal((await jobs.get(job.id))?.state, 'succeeded')
    await jobs.remove(job.id)
    assert.equal(await jobs.reopen(job, {}, 60_000), undefined)
  })
}

async function settleNext(queue: JobQueue, end: Pick<JobEnd, 'state'>): Promise<void> {
  const [claim] = await queue.claim('a', 60_000, 1)
  assert.ok(claim)
  assert.ok(await queue.settle(claim.lease, { ...end, problem: null, progress: noProgress }))
}
