// A mirror is filled, its origin ends, and every blob is read through it: as nodes would, when nothing else is left.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '../../../support/image.ts'
import { warm } from '../../../conformance/peer-driver.cases.ts'
import { openBench } from './bench.ts'
import { kinds } from './kinds.ts'

for (const kind of kinds) {
  const { name, skip } = kind

  test(`${name}: what was warmed is all there once the origin has ended`, { skip, timeout: 60_000 }, async (t) => {
    const bench = await openBench(kind)
    t.after(() => bench.close())
    const warmed = await Promise.all(bench.blobs.map((blob) => warm(bench, blob)))
    assert.deepEqual(
      warmed.map(({ digest, bytes }) => [digest, bytes]),
      bench.blobs.map(({ digest, size }) => [digest, size]),
    )
    await bench.registry.close()
    for (const blob of bench.blobs) {
      const { answer, bytes } = await bench.read(blob)
      assert.equal(answer.status, 200, `${blob.kind} ${blob.digest}: ${answer.words}`)
      assert.equal(digestOf(bytes), blob.digest)
      const again = await warm(bench, blob, { job: 2 })
      assert.ok(again.source === 'local' || again.source === null)
      assert.equal(again.moved.origin, undefined)
    }
  })

  test(`${name}: nothing is warm where it keeps nothing`, { skip, timeout: 60_000 }, async (t) => {
    const bench = await openBench(kind)
    t.after(() => bench.close())
    const peer = await bench.troubled('keeps nothing')
    await Promise.all(
      bench.blobs.map((blob) =>
        assert.rejects(warm({ ...bench, peer }, blob), (error: { code?: unknown; message: string }) => {
          // A distribution that cannot store a manifest does not answer it either, and that is not silent.
          const isLoud = error.code === 'peer.broken' && (blob.kind === 'manifest' || blob.kind === 'index')
          assert.ok(isLoud || error.code === 'peer.not-cached', `${String(error.code)}: ${error.message}`)
          return isLoud || /not cached by the peer/.test(error.message)
        }),
      ),
    )
  })
}
