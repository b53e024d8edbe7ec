// The case book of peer drivers, over a dfdaemon.

import { status } from '@grpc/grpc-js'
import type { Blob } from '../../../../src/model/blob.ts'
import type { Peer } from '../../../../src/model/peer.ts'
import { peerDriverCases, type DriverBench, type Trouble } from '../../../conformance/peer-driver.cases.ts'
import type { FakeDaemon } from '../../../support/dragonfly/daemon.ts'
import { bytesOf } from '../../../support/image.ts'
import { blobOf, HttpOrigin } from '../local-bench.ts'
import { makeBench, peerOf, type DragonflyBench } from './bench.ts'

const blobBytes = 300_000

async function set(): Promise<DriverBench> {
  const bench = await makeBench()
  const daemon = await bench.daemon()
  const hang = Promise.withResolvers<void>()
  const { registry, driver, image } = bench
  const endlessBlob = bench.layer(200_000, 'endless')
  const endlessPath = new URL(endlessBlob.url).pathname
  registry.fault({ path: endlessPath, stallAfter: { bytes: 100_000, until: hang.promise } })
  // The daemon checks no digest on this way: what it can know is that the length is another.
  const wrong = bench.layer(50_000, 'wrong')
  const wrongBlob: Blob = { ...wrong, size: wrong.size + 1 }
  return {
    driver,
    image,
    peer: peerOf(daemon),
    origin: new HttpOrigin(),
    blob: bench.layer(blobBytes, 'good'),
    wrongBlob,
    missingBlob: blobOf(registry, bytesOf(1000, 'nowhere')),
    endlessBlob,
    begun: () => registry.arrived(endlessPath, 2), // the first only asks for the length
    reads: (blob) => bench.reads(blob),
    troubled: async (trouble) => peerIn(trouble, bench),
    async close() {
      hang.resolve()
      await bench.close()
    },
  }
}

async function peerIn(trouble: Trouble, bench: DragonflyBench): Promise<Peer> {
  const hostname = `${trouble.replace(' ', '-')}-node`
  const daemon = await bench.daemon({ hostname, isOld: trouble === 'misconfigured' })
  await troubles[trouble](daemon)
  return peerOf(daemon)
}

const troubles: Readonly<Record<Trouble, (daemon: FakeDaemon) => void | Promise<void>>> = {
  unreachable: (daemon) => daemon.stop(),
  busy(daemon) {
    daemon.refusesWith = { code: status.RESOURCE_EXHAUSTED, details: 'server is overloaded' }
  },
  denied(daemon) {
    daemon.refusesWith = { code: status.PERMISSION_DENIED, details: 'blocked' }
  },
  misconfigured() {},
  full(daemon) {
    daemon.store.freeBytes = blobBytes - 1
  },
  'keeps nothing'(daemon) {
    daemon.store.keepsNothing = true
  },
}

peerDriverCases('dragonfly', set)
