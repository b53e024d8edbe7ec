import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Places } from '../../../src/engine/places.ts'
import type { Blob } from '../../../src/model/blob.ts'
import type { Peer } from '../../../src/model/peer.ts'

const never = new AbortController().signal
const at = (id: string): Peer => ({ id, clusterId: 1, hostname: id, ip: '10.0.0.1', seed: true, ordinary: true })
const of = (url: string): Blob => ({ kind: 'layer', digest: null, size: 1, mediaType: '', url })

test('places: a peer takes so many tasks, and of one origin no more than half of them', async () => {
  const places = new Places(4)
  const door = Promise.withResolvers<void>()
  const begun: string[] = []
  const begin = (peer: string, url: string) =>
    places.with({ peer: at(peer), blob: of(url) }, never, async () => {
      begun.push(`${peer} ${url}`)
      await door.promise
    })
  const all = [
    ...['https://hangs.io/1', 'https://hangs.io/2', 'https://hangs.io/3'].map((url) => begin('p', url)),
    ...['https://b.io/1', 'https://c.io/1', 'https://d.io/1'].map((url) => begin('p', url)),
    begin('q', 'https://hangs.io/3'),
  ]
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(begun, [
    'p https://hangs.io/1',
    'p https://hangs.io/2',
    'p https://b.io/1',
    'p https://c.io/1',
    'q https://hangs.io/3',
  ])
  door.resolve()
  await Promise.all(all)
  assert.equal(begun.length, 7)
})

test('places: where a peer takes one task at a time, that is the same for its origins', async () => {
  assert.equal(await new Places(1).with({ peer: at('p'), blob: of('https://a.io/1') }, never, async () => 7), 7)
})
