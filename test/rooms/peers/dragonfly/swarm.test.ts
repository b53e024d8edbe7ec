import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { warm } from '../../../conformance/peer-driver.cases.ts'
import { startSwarm } from '../../../support/dragonfly/swarm.ts'
import { HttpOrigin } from '../local-bench.ts'
import { makeBench } from './bench.ts'

test('a swarm of 1,000 peers is found and warmed, each for itself', async (t) => {
  const blobBytes = 1000
  const swarm = await startSwarm({ peers: 1000, blobBytes })
  t.after(() => swarm.close())
  const settings = { schedulers: [`127.0.0.1:${swarm.port}`], task_id: 'blob-digest' }
  const bench = await makeBench({ settings })
  t.after(() => bench.close())
  const { driver, image } = bench
  const found = (await driver.discover?.(AbortSignal.timeout(30_000))) ?? []
  assert.deepEqual(
    found.map(({ address }) => address),
    swarm.addresses,
  )
  const blob = bench.layer(blobBytes)
  const peers = found.map((host) => ({ ...host, id: host.address, clusterId: 7, ordinary: !host.seed }))
  for (const source of ['peer', 'local'] as const) {
    const all = await Promise.all(peers.map((peer) => warm({ driver, image, peer, origin: new HttpOrigin() }, blob)))
    assert.ok(all.every((warmed) => warmed.source === source && warmed.bytes === blobBytes))
  }
  assert.equal(bench.reads(blob), 0)
})

test('a swarm is a program of its own, and tells its port', async () => {
  const program = join(import.meta.dirname, '../../../support/dragonfly/swarm.ts')
  const child = spawn(process.execPath, [program, '3', '10'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  assert.match(line.toString(), /^\d+\n$/)
  child.stdin.end()
  const [code] = (await once(child, 'exit')) as [number]
  assert.equal(code, 0)
})
