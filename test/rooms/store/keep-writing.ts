// A program for directory-lock.test.ts: takes a data directory and writes jobs until it is killed, and prints the id
// of each one that was acknowledged. `node keep-writing.ts <directory>`

import { Sealer } from '../../../src/kit/seal.ts'
import { openDatabase } from '../../../src/store/database.ts'
import { lockDirectory } from '../../../src/store/directory-lock.ts'
import { Jobs } from '../../../src/store/jobs.ts'
import { Leases } from '../../../src/store/leases.ts'
import { newJob } from '../../conformance/job-samples.ts'

const [dataDir = ''] = process.argv.slice(2)
await lockDirectory(dataDir)
const database = await openDatabase({ dataDir })
const sealer = new Sealer('the key of these tests')
const jobs = new Jobs(database, sealer)
const leases = new Leases(database, sealer)
for (;;) {
  const { id } = await jobs.insert(newJob())
  if (id % 2 === 0) await leases.claim('killed soon', 3_600_000, 1)
  process.stdout.write(`${id}\n`)
}
