// What every ClusterStore promises.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClusterStore, FileCluster, NewCluster } from '../../src/model/ports.ts'

const nothingKept = { scopes: {}, scheduler: {}, seedPeer: {}, peer: {} }

const cluster = (name: string, given: Partial<NewCluster> = {}): NewCluster => ({
  name,
  driver: 'local',
  bio: 'the nodes in the cellar',
  isDefault: false,
  platforms: [],
  settings: {},
  kept: nothingKept,
  ...given,
})

/** The store must hold what the migrations make, and nothing else, before each case. */
export function clusterStoreCases(store: () => ClusterStore): void {
  readingCases(store)
  writingCases(store)
  adoptCases(store)
}

function readingCases(store: () => ClusterStore): void {
  test('there is one cluster from the start: number 1, local, the default', async () => {
    assert.deepEqual(
      (await store().list()).map(({ createdAtMs: _created, updatedAtMs: _updated, ...rest }) => rest),
      [
        {
          id: 1,
          name: 'local',
          driver: 'local',
          bio: '',
          isDefault: true,
          platforms: [],
          settings: {},
          fromFile: false,
          kept: nothingKept,
        },
      ],
    )
  })

  test('a cluster reads back as it was inserted, and the list is ordered by id', async () => {
    const clusters = store()
    const kept = { ...nothingKept, scopes: { cidrs: ['10.0.0.0/8'], idc: 'a\0b' }, peer: { load_limit: 0, deep: [{}] } }
    const settings = { schedulers: ['scheduler.example:8002'], tag: 'a\0b', piece_length: null, deep: { a: [1, true] } }
    const given = cluster('one\0', { kept, settings, platforms: ['linux/arm64', 'linux/arm/v7', 'all'] })
    const inserted = await clusters.insert(given)
    const { id, createdAtMs, updatedAtMs, ...rest } = inserted
    assert.ok(id > 1)
    assert.deepEqual(rest, {
      ...given,
      name: 'one\uFFFD',
      fromFile: false,
      settings: { ...settings, tag: 'a\uFFFDb' },
      kept: { ...kept, scopes: { ...kept.scopes, idc: 'a\uFFFDb' } },
    })
    assert.ok(Math.abs(createdAtMs - Date.now()) < 60_000, 'the time is in milliseconds since the epoch')
    assert.equal(updatedAtMs, createdAtMs)
    const two = await clusters.insert(cluster('two'))
    assert.deepEqual((await clusters.list()).slice(1), [inserted, two])
  })

  test('a list that is asked for after a change shows it, however many ask at once', async () => {
    const clusters = store()
    const asking = Array.from({ length: 20 }, () => clusters.list())
    await clusters.change(1, { bio: 'seen' })
    const after = await Promise.all(Array.from({ length: 20 }, () => clusters.list()))
    assert.ok(after.every(([first]) => first?.bio === 'seen'))
    await Promise.all(asking)
  })
}

function writingCases(store: () => ClusterStore): void {
  test('a change writes what it names and nothing else', async () => {
    const clusters = store()
    const inserted = await clusters.insert(cluster('one'))
    const { id } = inserted
    let expected = inserted
    const kept = { ...nothingKept, scheduler: { candidate_parent_limit: 4 } }
    const changes = [
      { name: 'uno' },
      { bio: '' },
      { kept },
      { platforms: ['linux/riscv64', 'all'] },
      { settings: { peers: [{ address: '10.0.0.1:4000' }] } },
      { isDefault: true },
      { isDefault: false },
      { settings: {} },
      { platforms: [] },
      {},
    ]
    for (const change of changes) {
      const changed = await clusters.change(id, change)
      assert.ok(changed && changed.updatedAtMs >= expected.updatedAtMs)
      expected = { ...expected, ...change, updatedAtMs: changed.updatedAtMs }
      assert.deepEqual(changed, expected)
    }
    assert.deepEqual((await clusters.list())[1], expected)
  })

  test('a name that is taken is refused by name, and nothing else is changed', async () => {
    const clusters = store()
    const one = await clusters.insert(cluster('one'))
    const taken = (name: string) => ({
      code: 'request.conflict',
      message: `There is a cluster named "${name}" already.`,
    })
    await assert.rejects(clusters.insert(cluster('local', { isDefault: true })), taken('local'))
    await assert.rejects(clusters.change(one.id, { name: 'local', isDefault: true }), taken('local'))
    assert.deepEqual(await clusters.change(one.id, { name: 'one' }).then((same) => same?.name), 'one')
    const ends = await Promise.allSettled([1, 2, 3].map(() => clusters.insert(cluster('two'))))
    assert.equal(ends.filter((end) => end.status === 'fulfilled').length, 1)
    const all = await clusters.list()
    assert.deepEqual(
      all.map(({ name, isDefault }) => [name, isDefault]),
      [
        ['local', true],
        ['one', false],
        ['two', false],
      ],
    )
  })

  test('one cluster at most is the default, whoever makes one so at the same time', async () => {
    const clusters = store()
    const made = await Promise.all(
      ['one', 'two', 'three', 'four'].map((name) => clusters.insert(cluster(name, { isDefault: true }))),
    )
    const defaults = async () => (await clusters.list()).filter(({ isDefault }) => isDefault).map(({ id }) => id)
    assert.equal((await defaults()).length, 1)
    await Promise.all(made.map(({ id }) => clusters.change(id, { isDefault: true })))
    assert.equal((await defaults()).length, 1)
    await clusters.change(1, { isDefault: true })
    assert.deepEqual(await defaults(), [1])
  })

  test('a removed cluster is gone, and its number is not given again', async () => {
    const clusters = store()
    const one = await clusters.insert(cluster('one'))
    assert.equal(await clusters.remove(one.id), true)
    assert.equal(await clusters.remove(one.id), false)
    assert.equal((await clusters.list()).length, 1)
    assert.ok((await clusters.insert(cluster('one'))).id > one.id)
  })

  test('the last cluster stays, also where all are removed at once', async () => {
    const clusters = store()
    const ids = [1]
    for (const name of ['one', 'two', 'three']) ids.push((await clusters.insert(cluster(name))).id)
    const removed = await Promise.all(ids.map((id) => clusters.remove(id)))
    assert.equal(removed.filter(Boolean).length, 3)
    const [last, ...others] = await clusters.list()
    assert.ok(last)
    assert.deepEqual(others, [])
    assert.equal(await clusters.remove(last.id), false)
    assert.equal((await clusters.list()).length, 1)
  })

  test('a cluster that was never made is not found, whatever number is asked for', async () => {
    const clusters = store()
    for (const id of [0, -1, 4_000_000_000, Number.MAX_SAFE_INTEGER, 1e300, 1.5, Number.NaN]) {
      assert.equal(await clusters.change(id, { bio: 'x' }), undefined)
      assert.equal(await clusters.remove(id), false)
    }
  })
}

function adoptCases(store: () => ClusterStore): void {
  const ofFile = (name: string, given: Partial<FileCluster> = {}): FileCluster => ({
    name,
    driver: 'dragonfly',
    platforms: ['linux/arm64'],
    settings: { schedulers: ['scheduler.example:8002'] },
    ...given,
  })

  test('clusters of the settings file are made, in its order, beside those that are there', async () => {
    const clusters = store()
    const [local] = await clusters.list()
    await clusters.adopt([ofFile('b'), ofFile('a', { driver: 'http-proxy', settings: {}, platforms: [] })])
    const [first, b, a, ...others] = await clusters.list()
    assert.deepEqual([first, others], [local, []])
    assert.ok(a && b && b.id > 1 && a.id > b.id)
    const { createdAtMs, updatedAtMs } = b
    const common = { bio: '', isDefault: false, fromFile: true, kept: nothingKept }
    assert.deepEqual(b, { ...ofFile('b'), ...common, id: b.id, createdAtMs, updatedAtMs })
    assert.deepEqual([a.driver, a.settings, a.platforms, a.fromFile], ['http-proxy', {}, [], true])
  })

  test('adopting the same again changes nothing and uses up no numbers', async () => {
    const clusters = store()
    const both = [ofFile('a'), ofFile('b')]
    await Promise.all([clusters.adopt(both), clusters.adopt(both), clusters.adopt(both)])
    const before = await clusters.list()
    await clusters.adopt(both.toReversed())
    assert.deepEqual(await clusters.list(), before)
    assert.equal((await clusters.insert(cluster('next'))).id, (before.at(-1)?.id ?? 0) + 1)
  })

  test("a cluster that was made through the API becomes the file's, and keeps what the file does not say", async () => {
    const clusters = store()
    const made = await clusters.insert(cluster('cellar', { isDefault: true, kept: { ...nothingKept, peer: { a: 1 } } }))
    await clusters.adopt([ofFile('cellar'), ofFile('local', { driver: 'local', settings: {}, platforms: [] })])
    const [local, now] = await clusters.list()
    assert.ok(now)
    assert.deepEqual(now, { ...made, ...ofFile('cellar'), fromFile: true, updatedAtMs: now.updatedAtMs })
    assert.deepEqual([local?.id, local?.fromFile, local?.isDefault], [1, true, false])
  })

  test('a cluster that the file names no longer stays as it is, and is its own no longer', async () => {
    const clusters = store()
    await clusters.adopt([ofFile('a'), ofFile('b')])
    const [, a, b] = await clusters.list()
    await clusters.adopt([ofFile('b')])
    const [, released, kept] = await clusters.list()
    assert.ok(a && released)
    assert.deepEqual(released, { ...a, fromFile: false, updatedAtMs: released.updatedAtMs })
    assert.deepEqual(kept, b)
    await clusters.adopt([])
    assert.ok((await clusters.list()).every(({ fromFile }) => !fromFile))
    await clusters.adopt([ofFile('a', { settings: { tag: 'x' } })])
    const [, again] = await clusters.list()
    assert.deepEqual([again?.id, again?.fromFile, again?.settings], [a.id, true, { tag: 'x' }])
  })
}
