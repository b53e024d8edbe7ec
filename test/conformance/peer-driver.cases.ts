// What every peer driver promises, whatever peer it speaks to.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Blob, ImageName } from '../../src/model/blob.ts'
import { Failure, type FailureCode } from '../../src/model/failure.ts'
import type { Peer } from '../../src/model/peer.ts'
import type { BlobContext, PeerDriver, WarmContext, Warmed } from '../../src/model/driver.ts'
import type { Origin } from '../../src/model/ports.ts'
import type { Moved } from '../../src/model/task.ts'

/** A peer that is not as it should be. */
export type Trouble = 'unreachable' | 'busy' | 'denied' | 'misconfigured' | 'full' | 'keeps nothing'

/** A peer, its driver, and an origin that both can reach. */
export interface DriverBench {
  readonly driver: PeerDriver
  readonly peer: Peer
  readonly origin: Origin
  /** What the blobs are part of; null where the driver warms without an image. */
  readonly image: ImageName | null
  /** The origin has it; its size is known, and not 0. */
  readonly blob: Blob
  /** The origin sends bytes for it that are not those of its manifest. */
  readonly wrongBlob: Blob
  /** The origin does not have it. */
  readonly missingBlob: Blob
  /** The origin begins to send it and never ends; `begun` resolves when it has begun. */
  readonly endlessBlob: Blob
  begun(): Promise<void>
  /** How often the origin was asked for the bytes of a blob; looking at one byte of it does not count. */
  reads(blob: Blob): number
  /** Another peer of the same driver, in this trouble when it is asked for `blob`. */
  troubled(trouble: Trouble): Promise<Peer>
  close(): Promise<void>
}

export type DriverCase =
  | 'a warmed blob carries its proof'
  | 'a second warming is a hit'
  | '50 at once cause one fetch'
  | 'progress never goes back and never tells more than the blob has'
  | 'bytes that are not known are absent, and never zero'
  | 'wrong bytes are refused, and asking again does not find them in place'
  | 'a blob that the origin does not have is refused'
  | 'a warming that was cancelled before it began fetches nothing'
  | 'a cancelled warming stops, or the driver says that it cannot'
  | 'a look tells what is there and fetches nothing'
  | 'an evicted blob is gone'
  | 'a peer that is well says so'
  | 'a peer that cannot be reached says so'
  | `a peer that is ${Exclude<Trouble, 'keeps nothing'>} is a typed cause`
  | 'a peer that keeps nothing is no success'

/** What a peer in trouble is called. */
const causes: Readonly<Record<Trouble, readonly FailureCode[]>> = {
  unreachable: ['peer.unreachable'],
  busy: ['peer.busy'],
  denied: ['peer.denied'],
  misconfigured: ['peer.misconfigured', 'peer.not-cached'],
  full: ['peer.full', 'peer.not-cached'],
  'keeps nothing': ['peer.not-cached'],
}

/** `unlike` names the cases that a kind of peer cannot keep, each with its reason. */
export function peerDriverCases(
  kind: string,
  set: () => Promise<DriverBench>,
  unlike: Partial<Record<DriverCase, string>> = {},
): void {
  const it = (name: DriverCase, body: (bench: DriverBench) => Promise<void>) =>
    void test(`${kind}: ${name}`, { skip: unlike[name] ?? false, timeout: 60_000 }, async (t) => {
      const bench = await set()
      t.after(() => bench.close())
      await body(bench)
    })

  it('a warmed blob carries its proof', async (bench) => {
    const { digest, bytes, source, proof } = await warm(bench, bench.blob)
    assert.deepEqual({ digest, bytes }, { digest: bench.blob.digest, bytes: bench.blob.size })
    assert.ok(source === 'origin' || source === null, `it came from ${source}`)
    assert.ok(['digest', 'pieces', 'peer-header', 'peer-status'].includes(proof))
    assert.ok(bench.reads(bench.blob) >= 1)
  })

  it('a second warming is a hit', async (bench) => {
    await warm(bench, bench.blob)
    const readsBefore = bench.reads(bench.blob)
    const again = await warm(bench, bench.blob, { job: 2 })
    assert.equal(again.bytes, bench.blob.size)
    assert.ok(again.source === 'local' || again.source === null, `it came from ${again.source}`)
    assert.equal(again.moved.origin, undefined)
    assert.equal(bench.reads(bench.blob), readsBefore)
  })

  it('50 at once cause one fetch', async (bench) => {
    const all = await Promise.all(Array.from({ length: 50 }, (_, job) => warm(bench, bench.blob, { job })))
    assert.ok(all.every((warmed) => warmed.digest === bench.blob.digest && warmed.bytes === bench.blob.size))
    const fromOrigin = all.reduce((sum, { moved }) => sum + (moved.origin ?? 0), 0)
    assert.ok(fromOrigin <= (bench.blob.size ?? 0), `${fromOrigin} bytes from the origin`)
    assert.equal(bench.reads(bench.blob), 1)
  })

  it('progress never goes back and never tells more than the blob has', async (bench) => {
    const told: number[] = []
    await warm(bench, bench.blob, { progress: (bytes) => told.push(bytes) })
    assert.deepEqual(
      told,
      told.toSorted((a, b) => a - b),
    )
    assert.ok((told.at(-1) ?? 0) <= (bench.blob.size ?? 0))
  })

  it('bytes that are not known are absent, and never zero', async (bench) => {
    const first = await warm(bench, bench.blob)
    const second = await warm(bench, bench.blob, { job: 2 })
    for (const { moved } of [first, second]) assert.ok(Object.values(moved).every((bytes) => bytes > 0))
    assert.ok(sum(first.moved) <= (bench.blob.size ?? 0))
  })

  it('wrong bytes are refused, and asking again does not find them in place', async (bench) => {
    await assert.rejects(warm(bench, bench.wrongBlob), { code: 'registry.wrong-digest' })
    await assert.rejects(warm(bench, bench.wrongBlob), { code: 'registry.wrong-digest' })
  })

  it('a blob that the origin does not have is refused', (bench) =>
    assert.rejects(warm(bench, bench.missingBlob), { code: 'registry.not-found' }))

  it('a warming that was cancelled before it began fetches nothing', async (bench) => {
    const reason = new Error('no longer wanted')
    await assert.rejects(warm(bench, bench.blob, { signal: AbortSignal.abort(reason) }), reason)
    assert.equal(bench.reads(bench.blob), 0)
  })

  it('a cancelled warming stops, or the driver says that it cannot', async (bench) => {
    const reason = new Error('no longer wanted')
    const cancel = new AbortController()
    const warming = warm(bench, bench.endlessBlob, { signal: cancel.signal })
    await Promise.race([bench.begun(), warming])
    cancel.abort(reason)
    await assert.rejects(warming, reason)
    assert.ok(['stops', 'detaches'].includes(bench.driver.can.cancel))
  })

  it('a look tells what is there and fetches nothing', async (bench) => {
    const { driver, peer, blob } = bench
    const before = await driver.probe(peer, blob, contextOf(bench))
    assert.equal(bench.reads(blob), 0)
    await warm(bench, blob)
    const after = await driver.probe(peer, blob, contextOf(bench))
    const expected = driver.can.probe === 'none' ? ['unknown', 'unknown'] : ['absent', 'present']
    assert.deepEqual([before, after], expected)
  })

  it('an evicted blob is gone', async (bench) => {
    const { driver, peer, blob } = bench
    if (!driver.can.evict) {
      assert.ok(!('evict' in driver) || driver.evict === undefined)
      return
    }
    await warm(bench, blob)
    driver.settled?.(1)
    assert.equal(await driver.evict?.(peer, blob, contextOf(bench)), true)
    assert.equal(await driver.evict?.(peer, blob, contextOf(bench)), false)
    assert.equal((await warm(bench, blob)).moved.origin, blob.size)
  })

  it('a peer that is well says so', async (bench) => {
    const { state } = await bench.driver.health(bench.peer, AbortSignal.timeout(10_000))
    assert.equal(state, 'up')
  })

  it('a peer that cannot be reached says so', async (bench) => {
    const { state, detail } = await bench.driver.health(
      await bench.troubled('unreachable'),
      AbortSignal.timeout(10_000),
    )
    assert.equal(state, 'down')
    assert.notEqual(detail, '')
  })

  for (const trouble of ['unreachable', 'busy', 'denied', 'misconfigured', 'full'] as const) {
    it(`a peer that is ${trouble} is a typed cause`, async (bench) => {
      await refusedAs(bench, trouble)
    })
  }
  it('a peer that keeps nothing is no success', async (bench) => {
    const { message } = await refusedAs(bench, 'keeps nothing')
    assert.match(message, /not cached by the peer/)
  })
}

/** The sentence has to name the peer, or who reads it would not know where to look. */
async function refusedAs(bench: DriverBench, trouble: Trouble): Promise<Failure> {
  const peer = await bench.troubled(trouble)
  const failure = await warm({ ...bench, peer }, bench.blob).then(
    () => assert.fail('it was warmed'),
    (error: unknown) => error,
  )
  assert.ok(failure instanceof Failure, String(failure))
  assert.ok(causes[trouble].includes(failure.code), `${failure.code}: ${failure.message}`)
  assert.ok(failure.message.includes(peer.hostname) || failure.message.includes(peer.address), failure.message)
  return failure
}

const sum = (moved: Moved): number => Object.values(moved).reduce((total, bytes) => total + bytes, 0)

export const contextOf = (bench: Pick<DriverBench, 'image'>): BlobContext => ({
  image: bench.image,
  identity: { tag: '', application: '', filteredQueryParams: [], pieceLength: null },
  signal: new AbortController().signal,
})

export const warm = (
  bench: Pick<DriverBench, 'driver' | 'peer' | 'origin' | 'image'>,
  blob: Blob,
  context: Partial<WarmContext> = {},
): Promise<Warmed> =>
  bench.driver.warm(bench.peer, blob, {
    ...contextOf(bench),
    job: 1,
    origin: bench.origin,
    progress: () => {},
    ...context,
  })
