// Tokens' ends, pauses that a registry asked for, and the shelf of documents: what is kept between jobs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../src/model/failure.ts'
import { expiryOf } from '../../../src/registry/expiry.ts'
import { Manners } from '../../../src/registry/manners.ts'
import { Shelf } from '../../../src/registry/shelf.ts'

const encoded = (claims: unknown) => Buffer.from(JSON.stringify(claims)).toString('base64url')
const where = { who: 'The registry r.io', what: 'library/app:1' }
const never = new AbortController().signal

const tokens: readonly (readonly [string, number | undefined])[] = [
  [`Bearer h.${encoded({ exp: 1_700_000_000 })}.s`, 1_700_000_000_000],
  [`bearer  h.${encoded({ exp: 1.5 })}.`, 1500],
  [`Bearer h.${encoded({ exp: -1 })}.s`, -1000],
  [`Bearer h.${encoded({ exp: '1700000000' })}.s`, undefined],
  [`Bearer h.${encoded({ exp: 1e300 })}.s`, undefined],
  [`Bearer h.${encoded({})}.s`, undefined],
  [`Bearer h.${encoded(7)}.s`, undefined],
  ['Bearer h.!!.s', undefined],
  ['Bearer opaque', undefined],
  [`Basic h.${encoded({ exp: 1 })}.s`, undefined],
]
for (const [authorization, expected] of tokens) {
  test(`${authorization.slice(0, 40)} ends at ${expected ?? 'a time that it does not say'}`, () => {
    assert.equal(expiryOf(authorization), expected)
  })
}

test('a pause holds for its quota and its time, and tells what is left of it', () => {
  let now = 1000
  const manners = new Manners(() => now)
  manners.pause('ann manifests', 5000)
  manners.heed('bob manifests', where)
  now = 2500
  assert.throws(() => manners.heed('ann manifests', where), {
    code: 'registry.busy',
    retryAfterMs: 3500,
    message: 'The registry r.io asked not to be asked for 4 s, and so not for library/app:1.',
  })
  now = 6000
  manners.heed('ann manifests', where)
})

test('of very many pauses the oldest gives way', () => {
  const manners = new Manners(() => 0)
  for (let number = 0; number <= 4096; number++) manners.pause(`quota ${number}`, 1000)
  manners.heed('quota 0', where)
  assert.throws(() => manners.heed('quota 1', where), { code: 'registry.busy' })
})

const documentOf = (bytes: number) => ({ body: Buffer.alloc(bytes), contentType: undefined })
const unread = () => Promise.reject(new Error('it was read again'))

test('a document is read once, for those who ask meanwhile and for those who ask later', async () => {
  const shelf = new Shelf()
  const door = Promise.withResolvers<ReturnType<typeof documentOf>>()
  const both = [shelf.take('a', never, () => door.promise), shelf.take('a', never, unread)]
  assert.ok(shelf.knows('a'))
  door.resolve(documentOf(1))
  const [first, second] = await Promise.all(both)
  assert.equal(first, second)
  assert.equal(await shelf.take('a', never, unread), first)
  assert.equal(shelf.knows('b'), false)
})

test("who waited for another's read tries for itself where only the other was refused", async () => {
  const shelf = new Shelf()
  const door = Promise.withResolvers<never>()
  const leader = shelf.take('a', never, () => door.promise)
  const joiner = shelf.take('a', never, async () => documentOf(2))
  door.reject(new Failure('registry.denied', 'No.'))
  await assert.rejects(leader, { code: 'registry.denied' })
  assert.equal((await joiner).body.length, 2)
})

test('a registry that fails for the moment fails for all who wait', async () => {
  const shelf = new Shelf()
  const door = Promise.withResolvers<never>()
  const waiting = [shelf.take('a', never, () => door.promise), shelf.take('a', never, unread)]
  door.reject(new Failure('registry.busy', 'Later.'))
  for (const one of waiting) await assert.rejects(one, { code: 'registry.busy' })
  assert.equal(shelf.knows('a'), false)
})

test('the shelf holds 64 MiB, and what was not used for longest goes first', async () => {
  const shelf = new Shelf()
  const large = 16 * 1024 * 1024
  for (const address of ['a', 'b', 'c', 'd']) shelf.put(address, documentOf(large))
  await shelf.take('a', never, unread)
  shelf.put('e', documentOf(1))
  assert.deepEqual(
    ['a', 'b', 'c', 'd', 'e'].map((address) => shelf.knows(address)),
    [true, false, true, true, true],
  )
  shelf.put('e', documentOf(large))
  assert.equal(shelf.knows('c'), true, 'what is put again counts once')
})
