import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  actsOf,
  clustersOf,
  farOf,
  imageName,
  kindOf,
  lastedMs,
  scopeOf,
  subjectOf,
  waitingOf,
} from '../../../src/console/job.ts'
import { sampleArgs, sampleCluster, sampleJob, sampleProgress } from './samples.ts'

const digest = `sha256:${'a'.repeat(64)}`

describe('what a job is for', () => {
  for (const [url, name] of [
    ['https://r.example/v2/library/app/manifests/1.0', 'r.example/library/app:1.0'],
    [`http://127.0.0.1:5000/v2/a/b/c/manifests/${digest}`, `127.0.0.1:5000/a/b/c@${digest}`],
    ['https://r.example/v2/app/manifests/1.0?ns=docker.io', 'r.example/app:1.0'],
    ['https://r.example/artifactory/v2/app/manifests/1', 'https://r.example/artifactory/v2/app/manifests/1'],
    ['r.example/app:1', 'r.example/app:1'],
  ] as const) {
    it(`shows ${url} as ${name}`, () => assert.equal(imageName(url), name))
  }

  it('names the first of several files and counts the others', () => {
    const args = sampleArgs({ type: 'file', url: '', urls: ['https://f.example/a', 'https://f.example/b'] })
    assert.deepEqual(subjectOf({ args }), { name: 'https://f.example/a', more: 1 })
    assert.equal(kindOf({ type: 'preheat', args }), '2 files')
  })

  it('names a look-up by its task id where it has no address', () => {
    const args = sampleArgs({ url: '', task_id: digest })
    assert.deepEqual(subjectOf({ args }), { name: digest, more: 0 })
    assert.equal(kindOf({ type: 'get_task', args }), 'look-up')
  })
})

describe('which peers a job is for', () => {
  for (const [args, text] of [
    [{ scope: 'single_seed_peer' }, 'one seed peer'],
    [{ scope: 'all_peers', percentage: 20 }, 'all peers, 20 %'],
    [{ scope: 'all_peers', percentage: 20, count: 5 }, 'all peers, at most 5'],
    [{ scope: 'all_seed_peers', count: 5, ips: ['192.0.2.1'] }, 'all seed peers, of 1 address'],
  ] as const) {
    it(`says "${text}"`, () =>
      assert.equal(scopeOf(sampleArgs({ ...args, ips: 'ips' in args ? [...args.ips] : null })), text))
  }
})

describe('what can be done with a job', () => {
  it('is to cancel it while it is open', () => assert.deepEqual(actsOf(sampleJob()), ['cancel', 'clone', 'delete']))

  it('is to retry it once it failed or was cancelled', () => {
    assert.deepEqual(actsOf(sampleJob({ phase: 'failed' })), ['retry', 'clone', 'delete'])
    assert.deepEqual(actsOf(sampleJob({ phase: 'cancelled' })), ['retry', 'clone', 'delete'])
    assert.deepEqual(actsOf(sampleJob({ phase: 'succeeded' })), ['clone', 'delete'])
  })

  it('is not to retry it where its signed addresses were wiped', () => {
    const args = sampleArgs({ type: 'file', urls: ['https://f.example/a?sig=***'] })
    assert.deepEqual(actsOf(sampleJob({ phase: 'failed', args })), ['clone', 'delete'])
  })

  it('is not to clone a look-up', () => {
    assert.deepEqual(actsOf(sampleJob({ type: 'get_task', phase: 'succeeded' })), ['delete'])
  })
})

it('two clusters are named, and of more than two the first', () => {
  const scheduler_clusters = ['a', 'b', 'c'].map((name, n) => sampleCluster(n + 1, name))
  assert.equal(clustersOf({ scheduler_clusters }), 'a and 2 more')
  assert.equal(clustersOf({ scheduler_clusters: scheduler_clusters.slice(1) }), 'b, c')
  assert.equal(clustersOf({ scheduler_clusters: [] }), '–')
})

it('how far a job is has the words of its type', () => {
  const progress = sampleProgress({ tasks: 2000, warm: 1200, failed: 3 })
  assert.deepEqual(farOf({ type: 'preheat', progress }), { done: '1,200 of 2,000 tasks warm', rest: '3 failed' })
  assert.equal(farOf({ type: 'get_task', progress }).done, 'held by 1,200 of 2,000 peers')
  assert.equal(farOf({ type: 'delete_task', progress: sampleProgress({ tasks: 1, warm: 1 }) }).rest, '')
})

it('what is neither warm, failed nor running waits', () => {
  const progress = sampleProgress({ tasks: 10, warm: 4, failed: 1, running: 2 })
  assert.equal(waitingOf({ progress }), 3)
})

it('a job lasts until its end, and never less than nothing by another clock', () => {
  const created_at = '2026-01-01T00:00:00.000Z'
  assert.equal(lastedMs({ created_at, ended_at: '2026-01-01T00:00:05.000Z' }, 0), 5000)
  assert.equal(lastedMs({ created_at, ended_at: null }, Date.parse(created_at) + 700), 700)
  assert.equal(lastedMs({ created_at, ended_at: null }, Date.parse(created_at) - 700), 0)
})
