// What a migration makes of rows that an older version wrote.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as access from '../../../migrations/0004_access.ts'
import * as peers from '../../../migrations/0006_peers.ts'
import * as lists from '../../../migrations/0007_job_lists.ts'
import { Sealer } from '../../../src/kit/seal.ts'
import { noProgress } from '../../../src/model/job.ts'
import { Clusters } from '../../../src/store/clusters.ts'
import { Jobs } from '../../../src/store/jobs.ts'
import { Leases } from '../../../src/store/leases.ts'
import { Tokens } from '../../../src/store/tokens.ts'
import {
  digest,
  fileRequest,
  layer,
  newJob,
  peerSample,
  progress,
  task,
  warmed,
} from '../../conformance/job-samples.ts'
import { onEachDatabase } from './bench.ts'

onEachDatabase((database) => {
  test('tokens of the same name get names of their own, and the oldest keeps its name', async () => {
    await database().transaction(async (trx) => {
      await access.down(trx)
      const names = ['administrator', 'ci', 'administrator', 'administrator']
      const rows = names.map((name, n) => ({
        name,
        hash: `${n}`,
        permissions: '[]',
        user_id: 1,
        expires_at: new Date(),
      }))
      await trx('tokens').insert(rows)
      await access.up(trx)
    })
    const { rows } = await new Tokens(database()).list({}, 1, 9)
    const [third, second, ci, first] = rows
    assert.deepEqual(
      [first?.name, ci?.name, second?.name, third?.name],
      ['administrator', 'ci', `administrator ${second?.id}`, `administrator ${third?.id}`],
    )
    assert.deepEqual([first?.bio, first?.lastUsedAtMs], ['', null])
  })

  /** A job of two peers, an image's layer and a file. */
  const planned = async () => {
    const sealer = new Sealer('the key of these tests')
    const jobs = new Jobs(database(), sealer)
    const leases = new Leases(database(), sealer)
    const { id } = await jobs.insert(newJob())
    const [claim] = await leases.claim('a', 60_000, 1)
    assert.ok(claim)
    const file = { kind: 'file', digest: null, size: null, mediaType: '', url: 'https://files.example/ü.bin' } as const
    const plan = [peerSample('a'), peerSample('b', { hostname: 'there' })].flatMap((peer, n) => [
      warmed(task(2 * n, { peer, blob: layer(digest('a')) })),
      task(2 * n + 1, { peer, blob: file }),
    ])
    assert.ok(await leases.savePlan(claim.lease, plan, progress({ tasks: 4 })))
    return { jobs, leases, lease: claim.lease, id, plan }
  }

  test('tasks that hold their peer and blob themselves give them to their job, and back', async () => {
    const { jobs, leases, lease, id, plan } = await planned()
    const rows = () =>
      database().run((db) => db('tasks').select<{ peer: unknown; blob: unknown }[]>('*').orderBy('ordinal'))
    await database().transaction(peers.down)
    assert.deepEqual(
      (await rows()).map(({ peer, blob }) => ({ peer, blob })),
      plan.map(({ peer, blob }) => ({ peer, blob })),
    )
    // As the rows were then, and progress too.
    await database().run((db) =>
      db.raw(
        `update tasks set peer = peer - 'address' - 'location', source = case when state = 'warm' then 'origin' end`,
      ),
    )
    await database().run((db) =>
      db.raw(`update jobs set progress = '{"tasks": 4, "running": 0, "warm": 2, "failed": 0}'`),
    )
    await database().transaction(peers.up)
    const kept = plan.map((each) =>
      each.state === 'warm' ? { ...each, source: 'origin', moved: { origin: each.bytes } } : each,
    )
    assert.deepEqual(await jobs.tasks(id), kept)
    assert.deepEqual((await jobs.get(id))?.progress, { ...noProgress, tasks: 4, warm: 2 })
    assert.ok(await leases.savePlan(lease, plan, progress({ tasks: 4 })))
    assert.deepEqual(await jobs.tasks(id), plan)
  })

  test('jobs of before have no map until they are planned again, and are found by their text', async () => {
    const { jobs, leases, lease, id, plan } = await planned()
    const other = await jobs.insert(newJob({ bio: 'Of before' }))
    await database().transaction(lists.down)
    await database().transaction(lists.up)
    assert.equal((await jobs.planMark(id))?.plan, 0)
    assert.deepEqual(
      (await jobs.list({ text: 'OF BEFORE' }, 1, 9)).rows.map((job) => [job.id, job.requestedBy]),
      [[other.id, '']],
    )
    assert.equal((await jobs.list({ text: 'files.example/MODEL.bin' }, 1, 9)).total, 2)
    assert.ok(await leases.savePlan(lease, plan, progress({ tasks: 4 })))
    const mark = await jobs.planMark(id)
    assert.ok(mark)
    assert.equal((await jobs.planPicture(id, mark, { axes: true, failures: true }))?.letters, 'wqwq')
  })

  test('jobs of a type that an older version does not know, and clusters with settings, survive it', async () => {
    const jobs = new Jobs(database(), new Sealer('the key of these tests'))
    const clusters = new Clusters(database())
    const request = { ...fileRequest, type: 'get_task', taskId: 'f'.repeat(64), url: null } as const
    const { id } = await jobs.insert(newJob({ request }))
    await clusters.change(1, { settings: { tag: 'x' } })
    await database().transaction(peers.down)
    await assert.rejects(jobs.insert(newJob({ request })), /jobs_type_check/)
    await database().transaction(peers.up)
    assert.equal((await jobs.get(id))?.request.type, 'get_task')
    await jobs.insert(newJob({ request }))
    const [local] = await clusters.list()
    assert.deepEqual([local?.id, local?.settings, local?.fromFile], [1, {}, false])
  })
})
