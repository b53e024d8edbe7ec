// The driver of forward proxies keeps every promise of the case book, on a real squid.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { test } from 'node:test'
import type { Peer } from '../../../../src/model/peer.ts'
import { peerDriverCases, type DriverBench, type Trouble } from '../../../conformance/peer-driver.cases.ts'
import { bytesOf } from '../../../support/image.ts'
import { squidMissing, type SquidOptions } from '../../../support/squid.ts'
import { openBench, peerAt, type Bench } from './bench.ts'

/** What it is called, by the trouble it is in. */
const squidIn: Partial<Record<Trouble, SquidOptions>> = {
  denied: { open: 'none' },
  full: { settings: ['maximum_object_size_in_memory 1 KB'] },
  'keeps nothing': { settings: ['cache deny all'] },
}

async function set(): Promise<DriverBench> {
  const bench = await openBench()
  const { registry, driver, peer, origin, image, reads, addLayer } = bench
  const wrongBlob = addLayer('wrong')
  registry.fault({ path: new URL(wrongBlob.url).pathname, method: 'GET', body: bytesOf(300_000, 'other') })
  const endlessBlob = addLayer('endless')
  const endless = new URL(endlessBlob.url).pathname
  registry.fault({ path: endless, method: 'GET', stallAfter: { bytes: 1000, until: new Promise(() => {}) } })
  const stranger = createServer((_, response) => response.writeHead(503, { 'retry-after': '7' }).end())
  return {
    driver,
    peer,
    origin,
    image,
    reads,
    wrongBlob,
    endlessBlob,
    blob: addLayer('blob'),
    missingBlob: addLayer('missing', false),
    begun: () => registry.arrived(endless, 1),
    troubled: (trouble) => troubledPeer(bench, trouble, stranger),
    async close() {
      stranger.closeAllConnections()
      if (stranger.listening) await once(stranger.close(), 'close')
      await bench.close()
    },
  }
}

async function troubledPeer(bench: Bench, trouble: Trouble, busy: ReturnType<typeof createServer>): Promise<Peer> {
  const options = squidIn[trouble]
  if (options !== undefined) return bench.startSquid(options)
  // A registry that is asked for others' addresses, as where the port of a proxy was confused.
  if (trouble === 'misconfigured') return peerAt(bench.registry.host)
  await once(busy.listen(0, '127.0.0.1'), 'listening')
  const address = busy.address() as AddressInfo
  if (trouble === 'unreachable') await once(busy.close(), 'close')
  return peerAt(`127.0.0.1:${address.port}`)
}

const missing = squidMissing()
if (missing === false) peerDriverCases('http-proxy', set)
else void test('http-proxy: the case book', { skip: missing }, () => {})
