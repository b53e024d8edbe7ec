import { Sealer } from '../../../src/kit/seal.ts'
import { Jobs } from '../../../src/store/jobs.ts'
import { Leases } from '../../../src/store/leases.ts'
import { jobStoreCases } from '../../conformance/job-store.cases.ts'
import { onEachDatabase } from './bench.ts'

onEachDatabase((database) => {
  const sealer = new Sealer('the key of these tests')
  jobStoreCases(() => ({
    jobs: new Jobs(database(), sealer),
    queue: new Leases(database(), sealer),
    everything: async () => {
      const dumps = await Promise.all(
        ['jobs', 'tasks', 'tokens', 'clusters'].map((table) =>
          database().run((db) =>
            db.raw<{ rows: { row: string }[] }>(`select row_to_json(t)::text as row from ${table} t`),
          ),
        ),
      )
      return dumps.flatMap(({ rows }) => rows.map(({ row }) => row)).join('\n')
    },
  }))
})
