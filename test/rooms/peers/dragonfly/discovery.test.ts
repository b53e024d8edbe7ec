import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startScheduler } from '../../../support/dragonfly/scheduler.ts'
import { startRegistry } from '../../../support/registry.ts'
import { DragonflyBench, makeBench, makeScheduledBench, peerOf } from './bench.ts'

const signal = () => AbortSignal.timeout(10_000)

test('the scheduler names peers and seed peers, where they stand and how they are', async (t) => {
  const bench = await makeScheduledBench()
  t.after(() => bench.close())
  const daemon = await bench.daemon({ hostname: 'node-1' })
  const seed = await bench.daemon({ hostname: 'seed-1', seed: true })
  const found = await bench.driver.discover?.(signal())
  const place = { ip: '127.0.0.1', location: 'east|rack-1' }
  assert.deepEqual(found, [
    { ...place, address: daemon.address, hostname: 'node-1', seed: false },
    { ...place, address: seed.address, hostname: 'seed-1', seed: true },
  ])
  const { state, version, diskFree } = await bench.driver.health(peerOf(daemon), signal())
  assert.deepEqual({ state, version, diskFree }, { state: 'up', version: '1.5.1', diskFree: 5e11 })
})

test('each scheduler knows its own, and together they name each peer once', async (t) => {
  const other = await startScheduler()
  t.after(() => other.close())
  const bench = await makeScheduledBench([other.address])
  t.after(() => bench.close())
  const both = await bench.daemon()
  other.announce(both)
  const elsewhere = await bench.daemon({ scheduler: other })
  const found = await bench.driver.discover?.(signal())
  assert.deepEqual(found?.map(({ address }) => address).toSorted(), [both.address, elsewhere.address].toSorted())
})

test('one scheduler that fails is no loss while another answers, and all that fail are named', async (t) => {
  const other = await startScheduler()
  t.after(() => other.close())
  const bench = await makeScheduledBench([other.address])
  t.after(() => bench.close())
  await bench.daemon()
  other.isBroken = true
  assert.equal((await bench.driver.discover?.(signal()))?.length, 1)
  bench.scheduler.isBroken = true
  await assert.rejects(
    async () => bench.driver.discover?.(signal()),
    (error) => {
      const { code, message } = Object(error)
      assert.equal(code, 'peer.unreachable')
      for (const { address } of [other, bench.scheduler]) assert.ok(message.includes(address), message)
      return true
    },
  )
})

test('a scheduler that is not there, or may not be asked, is said to be', async (t) => {
  const scheduler = await startScheduler()
  const settings = { schedulers: [scheduler.address, 'no-such-name.invalid:8002'] }
  const bench = new DragonflyBench(await startRegistry(), scheduler, { settings })
  t.after(() => bench.close())
  await scheduler.close()
  const message = /no-such-name\.invalid/
  await assert.rejects(async () => bench.driver.discover?.(signal()), { code: 'peer.unreachable', message })
})

test('hosts that can be no peers are left out, and their names are made safe', async (t) => {
  const bench = await makeScheduledBench()
  t.after(() => bench.close())
  const host = { type: 0, hostname: '<b>\u001b[31mnode\r\n', ip: '10.0.0.9', port: 4000 }
  bench.scheduler.deadHosts.push(
    { ...host, ip: 'not an address' },
    { ...host, port: 0 },
    { ...host, port: 70_000 },
    host,
    { ...host, ip: 'fd00::1', hostname: '', type: 3 },
  )
  const found = await bench.driver.discover?.(signal())
  assert.deepEqual(found, [
    { address: '10.0.0.9:4000', hostname: '‹b› [31mnode', ip: '10.0.0.9', seed: false, location: '' },
    { address: '[fd00::1]:4000', hostname: 'fd00::1', ip: 'fd00::1', seed: true, location: '' },
  ])
})

test('without schedulers the peers are known from elsewhere', async (t) => {
  const bench = await makeBench()
  t.after(() => bench.close())
  assert.equal('discover' in bench.driver && bench.driver.discover !== undefined, false)
})
