import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cutHost, nameOf, sentenceOf, wordsOf } from '../../../src/console/pages/preheat/map/labels.ts'
import { signOf } from '../../../src/console/pages/preheat/map/signs.ts'
import { letters } from '../../../src/console/pages/preheat/map/states.ts'
import { bytesOf, movedOf, proofOf, sourceOf } from '../../../src/console/pages/preheat/map/task-words.ts'

const peer = { id: 'p', cluster_id: 1, hostname: 'node-7', ip: '10.0.0.7', address: '10.0.0.7:80', location: '' }
const digest = `sha256:9f86d081884c${'0'.repeat(52)}`
const layer = { kind: 'layer', digest, size: 2048, media_type: 'x/y', url: 'https://example.com/blob' } as const
const file = { ...layer, kind: 'file', digest: null, size: null } as const

test('a cell is said in one sentence: peer, layer, digest, size and state', () => {
  const map = { peers: [peer], blobs: [file, layer], rows: ['w', 'f'] }
  assert.equal(
    sentenceOf(wordsOf(map, { peer: 0, blob: 1 })),
    'peer node-7 (10.0.0.7), layer 2 of 2, sha256:9f86d081884c, 2.0 KiB, failed',
  )
})

test('a file, which has no digest before it is there, is called by its address', () => {
  const map = { peers: [{ ...peer, ip: '' }], blobs: [file], rows: ['.'] }
  assert.equal(
    sentenceOf(wordsOf(map, { peer: 0, blob: 0 })),
    'peer node-7, file 1 of 1, https://example.com/blob, –, no task',
  )
})

test('a hostname that is an ip is not said twice', () => {
  assert.equal(nameOf({ ...peer, hostname: '10.0.0.7' }), '10.0.0.7')
})

test('a hostname without room loses its domain, and then its middle: what tells hosts apart may be at either end', () => {
  const within = (most: number) => (text: string) => text.length <= most
  assert.equal(cutHost('ip-10-0-0-7.example', within(19)), 'ip-10-0-0-7.example')
  assert.equal(cutHost('ip-10-0-0-7.example', within(18)), 'ip-10-0-0-7')
  assert.equal(cutHost('ip-10-0-0-7.example', within(8)), 'ip-1…0-7')
  assert.equal(cutHost('10.20.30.40', within(9)), '10.2…0.40')
  assert.equal(cutHost('node', within(0)), '…')
})

test('no two states have the same sign, in the smallest cell and in a large one', () => {
  for (const size of [
    { width: 5, height: 11 },
    { width: 14, height: 14 },
    { width: 40, height: 30 },
  ]) {
    const signs = letters.map((letter) => JSON.stringify(signOf(letter, size)))
    assert.equal(new Set(signs).size, letters.length)
  }
})

const task = {
  ordinal: 0,
  peer,
  blob: layer,
  state: 'warm',
  attempts: 1,
  bytes: 2048,
  source: 'peer',
  moved: { origin: 0, peer: 2048 },
  proof: 'digest',
  digest,
  error: null,
  started_at: null,
  ended_at: null,
  duration_ms: null,
} as const

test('a task says where its bytes came from and how it is known to be warm, and a dash where that is not known', () => {
  assert.match(proofOf(task), /hashed/)
  assert.equal(sourceOf(task), 'other peers')
  assert.equal(movedOf(task), '0 B from the origin, 2.0 KiB from other peers')
  const unknown = { ...task, proof: null, source: null, moved: {} }
  assert.deepEqual([proofOf(unknown), sourceOf(unknown), movedOf(unknown)], ['–', '–', '–'])
})

test('bytes are said of how many, until they are all or where the size is not known', () => {
  assert.equal(bytesOf(task), '2.0 KiB')
  assert.equal(bytesOf({ ...task, bytes: 1024 }), '1.0 KiB of 2.0 KiB')
  assert.equal(bytesOf({ ...task, bytes: 1024, blob: file }), '1.0 KiB')
})
