// The picture of a job: drawn from letters and axes, kept for as long as it is true, and shared.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { causesOf, JobMaps, rowsOf } from '../../../src/engine/job-map.ts'
import { Failure } from '../../../src/model/failure.ts'
import type { FailedAlike, PlanAxes, PlanMark, PlanPicture, PlanWish } from '../../../src/model/plan-picture.ts'
import { blobOf, peerOf } from './samples.ts'

const axes: PlanAxes = {
  peers: [peerOf(1), peerOf(2), peerOf(3)],
  blobs: [blobOf(1), blobOf(2)],
  places: Uint32Array.of(0, 2, 4),
}
const { problem: denied } = new Failure('registry.denied', 'registry.example refused the credential.')
const { problem: slow } = new Failure('peer.slow', 'Peer 2 is slow.')
const markOf = (given: Partial<PlanMark> = {}): PlanMark => ({
  plan: 1,
  tasks: 3,
  failed: 0,
  version: 'a',
  settled: false,
  ...given,
})

test('rows have a letter for each peer, and a dot where no task is', () => {
  assert.deepEqual(rowsOf(axes, 'wqf'), ['w.q', '.f.'])
  assert.deepEqual(rowsOf({ peers: [], blobs: [], places: new Uint32Array() }, ''), [])
})

test('causes are counted by tasks, peers and blobs, the commonest first', () => {
  const failures: readonly FailedAlike[] = [
    { problem: slow, ordinals: [0] },
    { problem: denied, ordinals: [1, 2] },
  ]
  assert.deepEqual(causesOf(axes, { failures }), [
    { problem: denied, tasks: 2, peers: 2, blobs: 2 },
    { problem: slow, tasks: 1, peers: 1, blobs: 1 },
  ])
})

/** Maps of a job that stands as `now` says, and what was asked of the store for them. */
function bench() {
  const now = { mark: markOf() as PlanMark | undefined, letters: 'qqq' as string | undefined, ms: 10_000 }
  const wishes: PlanWish[] = []
  const waiting: (() => void)[] = []
  let held = false
  const maps = new JobMaps({
    clock: { now: () => now.ms },
    jobs: {
      planMark: async () => now.mark,
      planPicture: async (_job, _mark, wish): Promise<PlanPicture | undefined> => {
        wishes.push(wish)
        if (held) await new Promise<void>((resolve) => waiting.push(resolve))
        const { letters } = now
        if (letters === undefined) return undefined
        const failures = wish.failures ? [{ problem: denied, ordinals: [1] }] : null
        return { axes: wish.axes ? axes : null, failures, letters }
      },
    },
  })
  const hold = () => {
    held = true
    return () => waiting.splice(0).forEach((go) => go())
  }
  return { maps, now, wishes, hold }
}

test('there is no map of a job that is not there, and an empty one of a job without a plan', async () => {
  const { maps, now, wishes } = bench()
  now.mark = undefined
  assert.equal(await maps.of(1), undefined)
  now.mark = markOf({ plan: 0 })
  assert.deepEqual(await maps.of(1), { plan: '', peers: [], blobs: [], rows: [], causes: [] })
  now.mark = markOf()
  now.letters = undefined
  assert.equal((await maps.of(1))?.plan, '', 'the plan went while it was read')
  assert.equal(wishes.length, 1)
})

test('the axes of a plan are read once, and those of another plan anew', async () => {
  const { maps, now, wishes } = bench()
  for (const [plan, version] of [
    [1, 'a'],
    [1, 'b'],
    [2, 'c'],
  ] as const) {
    now.mark = markOf({ plan, version })
    now.ms += 1_000
    assert.equal((await maps.of(1))?.plan, String(plan))
  }
  assert.deepEqual(
    wishes.map((wish) => wish.axes),
    [true, false, true],
  )
})

test('a new plan is drawn at once, however young the map of the one before is', async () => {
  const { maps, now } = bench()
  await maps.of(1)
  now.mark = markOf({ plan: 2, version: 'b' })
  assert.equal((await maps.of(1))?.plan, '2')
})

test('a picture that takes long is made more rarely', async () => {
  const { maps, now, wishes, hold } = bench()
  const letGo = hold()
  const first = maps.of(1)
  await new Promise((resolve) => setImmediate(resolve))
  now.ms += 1_000
  letGo()
  await first
  now.mark = markOf({ version: 'b' })
  now.ms += 3_999
  assert.equal(await maps.of(1), await first)
  assert.equal(wishes.length, 1)
})

test('what has not changed is not read again, however old it is', async () => {
  const { maps, now, wishes } = bench()
  const first = await maps.of(1)
  now.ms += 60_000
  assert.equal(await maps.of(1), first)
  assert.equal(wishes.length, 1)
})

test('of a job under way a young map is shared; its end is seen at once', async () => {
  const { maps, now, wishes } = bench()
  const first = await maps.of(1)
  now.mark = markOf({ version: 'b' })
  now.letters = 'wqq'
  now.ms += 400
  assert.equal(await maps.of(1), first)
  now.mark = markOf({ version: 'c', settled: true })
  now.letters = 'www'
  assert.deepEqual((await maps.of(1))?.rows, ['w.w', '.w.'])
  assert.equal(wishes.length, 2)
})

test('who asks while a map is drawn shares it, but for the end of the job', async () => {
  const { maps, now, wishes, hold } = bench()
  const letGo = hold()
  const early = [maps.of(1), maps.of(1)]
  await new Promise(setImmediate)
  now.mark = markOf({ version: 'b' })
  const joined = maps.of(1)
  await new Promise(setImmediate)
  assert.equal(wishes.length, 1)
  now.mark = markOf({ version: 'c', settled: true })
  now.letters = 'www'
  const last = maps.of(1)
  await new Promise(setImmediate)
  assert.equal(wishes.length, 2)
  letGo()
  const [first, second] = await Promise.all(early)
  assert.equal(first, second)
  assert.equal(await joined, first)
  assert.deepEqual((await last)?.rows, ['w.w', '.w.'])
})

test('causes are asked for only where more failed, and kept until then', async () => {
  const { maps, now, wishes } = bench()
  const causes = [{ problem: denied, tasks: 1, peers: 1, blobs: 1 }]
  for (const [failed, version, expected] of [
    [0, 'a', []],
    [1, 'b', causes],
    [1, 'c', causes],
    [2, 'd', causes],
    [0, 'e', []],
  ] as const) {
    now.mark = markOf({ failed, version })
    now.ms += 1_000
    assert.deepEqual((await maps.of(1))?.causes, expected)
  }
  assert.deepEqual(
    wishes.map((wish) => wish.failures),
    [false, true, false, true, false],
  )
})

test('a drawing that failed is tried again by the next who asks', async () => {
  const { now } = bench()
  let calls = 0
  const maps = new JobMaps({
    clock: { now: () => now.ms },
    jobs: {
      planMark: async () => markOf(),
      planPicture: async () => {
        calls++
        if (calls === 1) throw new Failure('store.unavailable', 'The database is gone.')
        return { axes, failures: null, letters: 'qqq' }
      },
    },
  })
  await assert.rejects(maps.of(1), { code: 'store.unavailable' })
  assert.deepEqual((await maps.of(1))?.rows, ['q.q', '.q.'])
})
