// A process that fills one blob, to be killed in the middle. Says `filled <bytes>` as it goes.

import { systemClock } from '../../../src/kit/clock.ts'
import type { Blob } from '../../../src/model/blob.ts'
import { openCache } from '../../../src/peers/local/cache.ts'
import { LocalDriver } from '../../../src/peers/local/driver.ts'
import { HttpOrigin, peer } from './local-bench.ts'

const [dir = '', blobText = ''] = process.argv.slice(2)
const cache = await openCache({ dir, sizeLimit: 2 ** 30, nameLifetimeMs: 3600_000, clock: systemClock })
await new LocalDriver(cache).warm(peer, JSON.parse(blobText) as Blob, {
  job: 1,
  image: null,
  identity: { tag: '', application: '', filteredQueryParams: [], pieceLength: null },
  origin: new HttpOrigin(),
  signal: new AbortController().signal,
  progress: (bytes) => process.stdout.write(`filled ${bytes}\n`),
})
process.stdout.write('complete\n')
