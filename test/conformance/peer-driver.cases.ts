// What every peer driver promises, whatever peer it speaks to.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Blob } from '../../src/model/blob.ts'
import type { Peer } from '../../src/model/peer.ts'
import type { Origin, PeerDriver, WarmContext } from '../../src/model/ports.ts'

/** A peer, its driver, and an origin that both can reach. */
export interface DriverBench {
  readonly driver: PeerDriver
  readonly peer: Peer
  readonly origin: Origin
  /** The origin has it; its size is known, and not 0. */
  readonly blob: Blob
  /** The origin sends bytes for it that are not those of its digest. */
  readonly wrongBlob: Blob
  /** The origin does not have it. */
  readonly missingBlob: Blob
  /** The origin begins to send it and never ends; `begun` resolves when it has begun. */
  readonly endlessBlob: Blob
  begun(): Promise<void>
  /** How often the origin was asked for the bytes of a blob. */
  reads(blob: Blob): number
  close(): Promise<void>
}

export type DriverCase =
  | 'a warmed blob is proven by its digest'
  | 'a second warming finds the blob in place'
  | '50 at once cause one fetch'
  | 'progress tells the bytes and never more than the blob has'
  | 'wrong bytes are refused, and asking again does not find them in place'
  | 'a blob that the origin does not have is refused'
  | 'a warming that was cancelled before it began fetches nothing'
  | 'a cancelled warming stops'

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

  it('a warmed blob is proven by its digest', async (bench) => {
    const warmed = await warm(bench, bench.blob)
    assert.equal(warmed.digest, bench.blob.digest)
    assert.equal(warmed.bytes, bench.blob.size)
    assert.equal(warmed.source, 'origin')
    assert.equal(warmed.proof, 'digest')
    assert.equal(bench.reads(bench.blob), 1)
  })

  it('a second warming finds the blob in place', async (bench) => {
    await warm(bench, bench.blob)
    const again = await warm(bench, bench.blob, { job: 2 })
    assert.equal(again.source, 'local')
    assert.equal(again.bytes, bench.blob.size)
    assert.equal(again.bytesFromOrigin, 0)
    assert.equal(bench.reads(bench.blob), 1)
  })

  it('50 at once cause one fetch', async (bench) => {
    const all = await Promise.all(Array.from({ length: 50 }, (_, job) => warm(bench, bench.blob, { job })))
    assert.ok(all.every((warmed) => warmed.digest === bench.blob.digest && warmed.bytes === bench.blob.size))
    assert.equal(
      all.reduce((sum, warmed) => sum + warmed.bytesFromOrigin, 0),
      bench.blob.size,
    )
    assert.equal(bench.reads(bench.blob), 1)
  })

  it('progress tells the bytes and never more than the blob has', async (bench) => {
    const told: number[] = []
    await warm(bench, bench.blob, { progress: (bytes) => told.push(bytes) })
    assert.equal(told.at(-1), bench.blob.size)
    assert.equal(Math.max(...told), bench.blob.size)
  })

  it('wrong bytes are refused, and asking again does not find them in place', async (bench) => {
    await assert.rejects(warm(bench, bench.wrongBlob), { code: 'registry.wrong-digest' })
    await assert.rejects(warm(bench, bench.wrongBlob), { code: 'registry.wrong-digest' })
    assert.equal(bench.reads(bench.wrongBlob), 2)
  })

  it('a blob that the origin does not have is refused', (bench) =>
    assert.rejects(warm(bench, bench.missingBlob), { code: 'registry.not-found' }))

  it('a warming that was cancelled before it began fetches nothing', async (bench) => {
    const reason = new Error('no longer wanted')
    await assert.rejects(warm(bench, bench.blob, { signal: AbortSignal.abort(reason) }), reason)
    assert.equal(bench.reads(bench.blob), 0)
  })

  it('a cancelled warming stops', async (bench) => {
    const reason = new Error('no longer wanted')
    const cancel = new AbortController()
    const warming = warm(bench, bench.endlessBlob, { signal: cancel.signal })
    await Promise.race([bench.begun(), warming])
    cancel.abort(reason)
    await assert.rejects(warming, reason)
  })
}

const warm = (bench: DriverBench, blob: Blob, context: Partial<WarmContext> = {}) =>
  bench.driver.warm(bench.peer, blob, {
    job: 1,
    origin: bench.origin,
    signal: new AbortController().signal,
    progress: () => {},
    ...context,
  })
