// What every JobStore promises of the picture of a job's plan.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Problem } from '../../src/model/failure.ts'
import { noProgress } from '../../src/model/job.ts'
import type { PlanMark } from '../../src/model/plan-picture.ts'
import type { Lease } from '../../src/model/ports.ts'
import type { Task } from '../../src/model/task.ts'
import { digest, fleet, layer, newJob, peerSample, progress, task, warmed, type JobStoreBench } from './job-samples.ts'

const all = { axes: true, failures: true }
const busy: Problem = { code: 'registry.busy', side: 'registry', message: 'registry.example said 429.', hint: 'Wait.' }
const slow: Problem = { ...busy, code: 'peer.slow', side: 'peer', message: 'Peer b is slow.' }

export function jobMapCases(bench: () => JobStoreBench): void {
  const claimed = async (): Promise<Lease> => {
    const { jobs, queue } = bench()
    await jobs.insert(newJob())
    const [claim] = await queue.claim('a', 60_000, 1)
    assert.ok(claim)
    return claim.lease
  }
  const markOf = async (job: number): Promise<PlanMark> => {
    const mark = await bench().jobs.planMark(job)
    assert.ok(mark)
    return mark
  }
  const save = async (lease: Lease, plan: readonly Task[]) =>
    assert.ok(await bench().queue.savePlan(lease, plan, progress({ tasks: plan.length })))

  test('what was never made has no mark, and what was not planned has no plan', async () => {
    const { jobs } = bench()
    for (const id of [0, 4_000_000_000, 1.5, Number.NaN]) assert.equal(await jobs.planMark(id), undefined)
    const { id } = await jobs.insert(newJob())
    const { plan, tasks, failed, settled } = await markOf(id)
    assert.deepEqual({ plan, tasks, failed, settled }, { plan: 0, tasks: 0, failed: 0, settled: false })
    await jobs.cancel(id)
    assert.equal((await markOf(id)).settled, true)
  })

  test('a picture has a letter for each task, its peers by cluster and id, its blobs in their order', async () => {
    const { jobs, queue } = bench()
    const lease = await claimed()
    const [a, b, c] = [peerSample('b'), peerSample('a', { clusterId: 2 }), peerSample('a-1')]
    const [one, two] = [layer(digest('f')), layer(digest('a'))]
    const file = { ...layer(digest('c')), kind: 'file', digest: null, url: 'https://files.example/ü' } as const
    await save(lease, [task(0, { peer: peerSample('of an earlier plan') })])
    const plan = [
      task(0, { peer: a, blob: one }),
      task(1, { peer: b, blob: one, state: 'running' }),
      { ...warmed(task(2, { peer: c, blob: one })), source: null },
      { ...warmed(task(3, { peer: a, blob: two })), source: 'local' as const },
      task(4, { peer: b, blob: two, state: 'cancelled' }),
      task(5, { peer: c, blob: file, state: 'failed', problem: slow }),
      task(6, { peer: b, blob: file, state: 'failed', problem: busy }),
      task(7, { peer: a, blob: file, state: 'failed', problem: { ...slow, message: 'The second.' } }),
      task(8, { peer: c, blob: two, state: 'failed' }),
    ]
    await save(lease, plan)
    const mark = await markOf(lease.job)
    assert.deepEqual([mark.plan, mark.tasks], [2, 9])
    const picture = await jobs.planPicture(lease.job, mark, all)
    assert.deepEqual(picture, {
      axes: { peers: [c, a, b], blobs: [one, two, file], places: Uint32Array.of(1, 2, 0, 4, 5, 6, 8, 7, 3) },
      failures: [
        { problem: slow, ordinals: [5, 7] },
        { problem: busy, ordinals: [6] },
      ],
      letters: 'qrwhcffff',
    })
    assert.deepEqual(await jobs.planPicture(lease.job, mark, { axes: false, failures: false }), {
      axes: null,
      failures: null,
      letters: 'qrwhcffff',
    })
    assert.ok(
      await queue.saveTasks(
        lease,
        [task(0, { peer: a, blob: one, state: 'failed' })],
        progress({ tasks: 9, failed: 5 }),
      ),
    )
    const later = await markOf(lease.job)
    assert.deepEqual([later.plan, later.failed, later.version === mark.version], [2, 5, false])
    assert.equal((await jobs.planPicture(lease.job, later, all))?.letters, 'frwhcffff')
    assert.deepEqual(await markOf(lease.job), later)
  })

  test('a large picture is whole', async () => {
    const { jobs } = bench()
    const lease = await claimed()
    const plan = fleet(3, 4_000).map((each) =>
      each.ordinal % 5 === 0 ? { ...each, state: 'failed' as const, problem: busy } : each,
    )
    await save(lease, plan)
    const picture = await jobs.planPicture(lease.job, await markOf(lease.job), all)
    assert.equal(picture?.letters, plan.map(({ state }) => (state === 'failed' ? 'f' : 'q')).join(''))
    assert.deepEqual(picture.failures, [
      { problem: busy, ordinals: plan.filter(({ state }) => state === 'failed').map(({ ordinal }) => ordinal) },
    ])
    assert.deepEqual(
      [...(picture.axes?.places ?? [])],
      plan.map((_, n) => (n % 4_000) * 3 + Math.floor(n / 4_000)),
    )
  })

  test('another plan has another name, although it has as many tasks and is written under the same lease', async () => {
    const { jobs } = bench()
    const lease = await claimed()
    await save(lease, [task(0, { peer: peerSample('a') })])
    const before = await markOf(lease.job)
    await save(lease, [task(0, { peer: peerSample('b') })])
    assert.equal(await jobs.planPicture(lease.job, before, all), undefined)
    const mark = await markOf(lease.job)
    assert.notEqual(mark.plan, before.plan)
    const picture = await jobs.planPicture(lease.job, mark, all)
    assert.deepEqual(picture?.axes?.peers, [peerSample('b')])
  })

  test('while a plan is written there is none, neither the old one nor the new', async () => {
    const { jobs, queue } = bench()
    const lease = await claimed()
    const plan = fleet(2, 400)
    await save(lease, plan)
    const before = await markOf(lease.job)
    // A conductor that falls in the middle: the last row is refused by the table.
    const broken = plan.map((each) => (each.ordinal < 799 ? each : { ...each, bytes: Number.NaN }))
    await assert.rejects(queue.savePlan(lease, broken, progress({ tasks: 800 })))
    const { plan: none } = await markOf(lease.job)
    assert.equal(none, 0)
    assert.equal(await jobs.planPicture(lease.job, before, all), undefined)
    await save(lease, plan)
    assert.equal((await markOf(lease.job)).plan, before.plan + 1)
  })

  test('whoever lost the job neither ends its plan nor makes another', async () => {
    const { queue } = bench()
    const lease = await claimed()
    await save(lease, [task(0)])
    const mark = await markOf(lease.job)
    const older = { ...lease, epoch: lease.epoch - 1 }
    assert.equal(await queue.savePlan(older, [task(0), task(1)], progress({ tasks: 2 })), false)
    assert.deepEqual(await markOf(lease.job), mark)
  })

  test('a progress of another number of tasks is of a plan to come', async () => {
    const { queue } = bench()
    const lease = await claimed()
    await save(lease, [task(0), task(1)])
    assert.ok(await queue.change(lease, { state: 'resolving' }))
    assert.ok(await queue.change(lease, { state: 'warming', progress: progress({ tasks: 3 }) }))
    assert.equal((await markOf(lease.job)).plan, 0)
  })

  test('a job that is done again keeps its plan until it is planned anew', async () => {
    const { jobs, queue } = bench()
    const lease = await claimed()
    const plan = [task(0, { state: 'failed', problem: busy }), warmed(task(1))]
    await save(lease, plan)
    const end = { state: 'failed', problem: busy, progress: progress({ tasks: 2, failed: 1 }) } as const
    assert.ok(await queue.settle(lease, end))
    const before = await markOf(lease.job)
    assert.deepEqual([before.settled, before.failed], [true, 1])
    const job = await jobs.get(lease.job)
    assert.ok(job && (await jobs.reopen(job, {}, 60_000)))
    const [claim] = await queue.claim('b', 60_000, 1)
    assert.ok(claim)
    const reopened = await markOf(lease.job)
    assert.deepEqual([reopened.plan, reopened.settled, reopened.failed], [before.plan, false, 0])
    assert.equal((await jobs.planPicture(lease.job, reopened, all))?.letters, 'fw')
    await save(claim.lease, [task(0), warmed(task(1))])
    assert.ok(
      await queue.settle(claim.lease, { state: 'succeeded', problem: null, progress: { ...noProgress, tasks: 2 } }),
    )
    const after = await markOf(lease.job)
    assert.equal(after.plan, before.plan + 1)
    assert.equal((await jobs.planPicture(lease.job, after, all))?.letters, 'qw')
    await jobs.remove(lease.job)
    assert.equal(await jobs.planMark(lease.job), undefined)
    assert.equal(await jobs.planPicture(lease.job, after, all), undefined)
  })
}
