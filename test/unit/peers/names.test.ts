// Which of the answers of DNS are believed.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressesOf, targetsOf, type NameService } from '../../../src/peers/names.ts'

const failing = (code: string) => () => Promise.reject(Object.assign(new Error('no'), { code }))
const giving =
  (...addresses: string[]) =>
  async () =>
    addresses

const service = (change: Partial<NameService>): NameService => ({
  resolve4: failing('ENODATA'),
  resolve6: failing('ENODATA'),
  resolveSrv: failing('ENOTFOUND'),
  lookup: async () => [
    { address: '10.9.9.9', family: 4 },
    { address: 'fe80::1%eth0', family: 6 },
  ],
  ...change,
})

const bySystem = ['10.9.9.9']
const rows: readonly (readonly [title: string, service: Partial<NameService>, addresses: readonly string[]])[] = [
  ['both kinds', { resolve4: giving('10.0.0.1'), resolve6: giving('2001:db8::1') }, ['10.0.0.1', '2001:db8::1']],
  [
    'IPv4 where the server fails for AAAA',
    { resolve4: giving('10.0.0.1'), resolve6: failing('ESERVFAIL') },
    ['10.0.0.1'],
  ],
  ['IPv6 where there is nothing else', { resolve6: giving('2001:db8::1') }, ['2001:db8::1']],
  ["the system's, where A failed for the moment", { resolve4: failing('ETIMEOUT'), resolve6: giving('::1') }, bySystem],
  ["the system's without zones, where DNS knows nothing", {}, bySystem],
]

for (const [title, change, addresses] of rows) {
  test(`names: ${title}`, async () => assert.deepEqual(await addressesOf('peers.test', service(change)), addresses))
}

test('names: an address is itself, and nobody is asked', async () => {
  assert.deepEqual(await addressesOf('2001:db8::1', service({ lookup: failing('EFAULT') })), ['2001:db8::1'])
})

test("names: where nobody knows the name, the system's error is thrown", async () => {
  await assert.rejects(addressesOf('peers.test', service({ lookup: failing('EAI_AGAIN') })), { code: 'EAI_AGAIN' })
})

test('names: a service that says that there is none has no targets', async () => {
  const resolveSrv = async () => [
    { name: 'A.peers.test.', port: 4000 },
    { name: '', port: 4000 },
    { name: '.', port: 4000 },
    { name: 'b.peers.test', port: 0 },
  ]
  assert.deepEqual(await targetsOf('_p._tcp.test', service({ resolveSrv })), [{ host: 'a.peers.test', port: 4000 }])
})
