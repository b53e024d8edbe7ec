import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Sealer } from '../../../src/kit/seal.ts'
import { Jobs } from '../../../src/store/jobs.ts'
import { Leases } from '../../../src/store/leases.ts'
import { jobQueueCases } from '../../conformance/job-queue.cases.ts'
import { newJob } from '../../conformance/job-samples.ts'
import { onEachDatabase } from './bench.ts'

onEachDatabase((database) => {
  const sealer = new Sealer('the key of these tests')
  const make = () => ({
    jobs: new Jobs(database(), sealer),
    queue: new Leases(database(), sealer),
    stranger: new Leases(database(), new Sealer('another key')),
    tasksKept: async () => Number((await database().run((db) => db('tasks').count<{ count: string }[]>()))[0]?.count),
  })
  jobQueueCases(make)

  test('voiding all leases frees every job at once, and fences off who had them', async () => {
    const { jobs, queue } = make()
    await jobs.insert(newJob())
    await jobs.insert(newJob())
    const claims = await queue.claim('a process that was killed', 60_000, 2)
    assert.equal(await queue.releaseAll(), 2)
    assert.equal(await queue.releaseAll(), 0)
    for (const { lease } of claims) assert.equal(await queue.extend(lease, 60_000), 'lost')
    assert.equal((await queue.claim('its successor', 60_000, 9)).length, 2)
  })
})
