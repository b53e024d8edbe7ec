// What every JobStore promises of its lists.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noProgress, type JobRequest } from '../../src/model/job.ts'
import type { JobFilter } from '../../src/model/ports.ts'
import { parseReference } from '../../src/model/reference.ts'
import { fileRequest, newJob, peerSample, progress, task, type JobStoreBench } from './job-samples.ts'

const { urls: _urls, ...common } = fileRequest
const imageOf = (url: string): JobRequest => ({
  ...common,
  type: 'image',
  url,
  reference: parseReference('registry.example/team/app:1'),
  platforms: [],
})

export function jobListCases(bench: () => JobStoreBench): void {
  test('a list can be limited by the contract, the cluster and the peer, with the total of all pages', async () => {
    const { jobs, queue } = bench()
    const first = await jobs.insert(newJob({ contract: 'preheats', clusterIds: [1] }))
    const second = await jobs.insert(newJob({ contract: 'kraken', clusterIds: [12, 2] }))
    const third = await jobs.insert(newJob({ contract: 'kraken', clusterIds: [1, 2], userId: 8 }))
    const plans = new Map([
      [first.id, ['local-1']],
      [third.id, ['local-1', 'local-2']],
    ])
    for (const { lease } of await queue.claim('a', 60_000, 3)) {
      const peers = plans.get(lease.job) ?? []
      const tasks = peers.map((id, n) => task(n, { peer: peerSample(id) }))
      assert.ok(await queue.savePlan(lease, tasks, progress({ tasks: tasks.length })))
    }
    const asked: readonly (readonly [JobFilter, readonly number[]])[] = [
      [{ contract: 'kraken' }, [third.id, second.id]],
      [{ contract: 'supernode' }, []],
      [{ cluster: 2 }, [third.id, second.id]],
      [{ cluster: 1 }, [third.id, first.id]],
      [{ cluster: 3 }, []],
      [{ peer: 'local-1' }, [third.id, first.id]],
      [{ peer: 'local-2' }, [third.id]],
      [{ peer: 'local' }, []],
      [{ peer: 'local-1\0' }, []],
      [{ peer: 'local-1', contract: 'preheats' }, [first.id]],
      [{ peer: 'local-1', cluster: 1, userId: 8, states: ['queued'], types: ['file'] }, [third.id]],
      [{ peer: 'local-1', states: ['failed'] }, []],
      [{ contract: 'kraken', states: [] }, []],
    ]
    for (const [filter, ids] of asked) {
      const page = await jobs.list(filter, 1, 10)
      assert.deepEqual(
        { ids: page.rows.map(({ id }) => id), total: page.total },
        { ids, total: ids.length },
        JSON.stringify(filter),
      )
    }
    const second2 = await jobs.list({ cluster: 2 }, 2, 1)
    assert.deepEqual([second2.rows, second2.total], [[await jobs.get(second.id)], 2])
    assert.deepEqual(await jobs.list({ cluster: 2 }, 3, 1), { rows: [], total: 2 })
  })

  test('a peer of an earlier plan still leads to the job', async () => {
    const { jobs, queue } = bench()
    const { id } = await jobs.insert(newJob())
    const [claim] = await queue.claim('a', 60_000, 1)
    assert.ok(claim)
    for (const name of ['one', 'other']) {
      const plan = [task(0, { peer: peerSample(name) })]
      assert.ok(await queue.savePlan(claim.lease, plan, progress({ tasks: 1 })))
    }
    assert.deepEqual(
      (await jobs.list({ peer: 'one' }, 1, 10)).rows.map((job) => job.id),
      [id],
    )
    await jobs.remove(id)
    assert.equal((await jobs.list({ peer: 'one' }, 1, 10)).total, 0)
  })

  test('a text is found in addresses and notes, in capitals or not, and is no pattern', async () => {
    const { jobs } = bench()
    const request = (urls: readonly string[]): JobRequest => ({ ...fileRequest, urls })
    const image = await jobs.insert(newJob({ bio: '', request: imageOf('registry.example/Team_A/app:1') }))
    const files = await jobs.insert(
      newJob({ bio: 'Über 100% of\nthe fleet', request: request(['https://a.example/x%20y', 'https://b.example/z']) }),
    )
    const evict: JobRequest = { ...common, type: 'delete_task', taskId: 'f'.repeat(64), url: null }
    const errand = await jobs.insert(newJob({ bio: 'C:\\temp', request: evict }))
    const asked: readonly (readonly [string, readonly number[]])[] = [
      ['TEAM_A', [image.id]],
      ['team-a', []],
      ['e%p', []],
      ['team_', [image.id]],
      ['t_am', []],
      ['über 100%', [files.id]],
      ['ÜBER', [files.id]],
      ['x%20Y', [files.id]],
      ['b.example/z', [files.id]],
      ['", "', []],
      ['the fleet', [files.id]],
      ['c:\\TEMP', [errand.id]],
      ['example', [files.id, image.id]],
      ['a\0b', []],
      [`' or true --`, []],
      ['ffff', []],
    ]
    for (const [text, ids] of asked) {
      const page = await jobs.list({ text }, 1, 10)
      assert.deepEqual({ ids: page.rows.map(({ id }) => id), total: page.total }, { ids, total: ids.length }, text)
    }
    await jobs.note(image.id, 'After the ROLLOUT')
    const found = async (text: string) => (await jobs.list({ text }, 1, 10)).rows.map(({ id }) => id)
    assert.deepEqual(await found('rollout'), [image.id])
    assert.deepEqual(await found('team_a/APP'), [image.id])
    await jobs.note(image.id, '')
    assert.deepEqual(await found('rollout'), [])
  })

  test('who asked is kept, also by a second command with the same key', async () => {
    const { jobs, queue } = bench()
    const { job } = await jobs.insertOnce('key', newJob({ requestedBy: 'harbor\0' }))
    assert.equal(job.requestedBy, 'harbor\uFFFD')
    const again = await jobs.insertOnce('key', newJob({ requestedBy: 'another' }))
    assert.deepEqual([again.made, again.job.requestedBy], [false, 'harbor\uFFFD'])
    const [claim] = await queue.claim('a', 60_000, 1)
    assert.equal(claim?.job.requestedBy, 'harbor\uFFFD')
    assert.ok(await queue.settle(claim.lease, { state: 'failed', problem: null, progress: noProgress }))
    assert.equal((await jobs.reopen(job, {}, 60_000))?.requestedBy, 'harbor\uFFFD')
    assert.equal((await jobs.insert(newJob({ requestedBy: '' }))).requestedBy, '')
  })
}
