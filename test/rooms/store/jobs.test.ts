import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Sealer } from '../../../src/kit/seal.ts'
import { Jobs } from '../../../src/store/jobs.ts'
import { Leases } from '../../../src/store/leases.ts'
import { jobStoreCases } from '../../conformance/job-store.cases.ts'
import { newJob } from '../../conformance/job-samples.ts'
import { databaseKinds, withDatabase } from '../../support/database.ts'
import { withClient } from '../../support/sql.ts'
import { onEachDatabase } from './bench.ts'

onEachDatabase((database) => {
  const sealer = new Sealer('the key of these tests')
  jobStoreCases(() => ({
    jobs: new Jobs(database(), sealer),
    queue: new Leases(database(), sealer),
    everything: async () => {
      const dumps = await Promise.all(
        ['jobs', 'job_peers', 'job_blobs', 'tasks', 'tokens', 'clusters', 'rate_limits'].map((table) =>
          database().run((db) =>
            db.raw<{ rows: { row: string }[] }>(`select row_to_json(t)::text as row from ${table} t`),
          ),
        ),
      )
      return dumps.flatMap(({ rows }) => rows.map(({ row }) => row)).join('\n')
    },
  }))
})

const makeMany = `
  insert into jobs (
    task_id, contract, type, bio, user_id, request, search, cluster_ids, progress, deadline_at
  )
  select
    task_id, case when n % 3 = 0 then 'kraken' else contract end, type, bio, user_id, request,
    case when n % 2 = 0 then search end, cluster_ids, progress, deadline_at
  from jobs, generate_series(1, 13000) n where id = ?`

const makePeers = `insert into job_peers (job_id, id, peer) select id, 'local-1', '{}' from jobs where contract = 'kraken'`

onEachDatabase((database) => {
  test('a list of many jobs is right on every page, also where ids are missing and texts are not written down', async () => {
    const jobs = new Jobs(database(), new Sealer('the key of these tests'))
    const { id } = await jobs.insert(newJob({ bio: 'The Rollout' }))
    await database().run((db) => db.raw(makeMany, [id]))
    await database().run((db) => db.raw('delete from jobs where id % 7 = 0'))
    await database().run((db) => db.raw(makePeers))
    const all = await database().run((db) => db('jobs').select<{ id: string }[]>('id').orderBy('id', 'desc'))
    const kraken = await database().run((db) =>
      db('jobs').where({ contract: 'kraken' }).select<{ id: string }[]>('id').orderBy('id', 'desc'),
    )
    for (const [filter, meant] of [
      [{ text: 'ROLLOUT' }, all],
      [{ contract: 'kraken' }, kraken],
      [{ peer: 'local-1' }, kraken],
      [{ peer: 'local-1', text: 'rollout', contract: 'kraken', states: ['queued'] }, kraken],
      [{ text: 'rollback' }, []],
    ] as const) {
      const perPage = 100
      for (const page of [1, 33, 34, 100, 101, 1_000]) {
        const found = await jobs.list(filter, page, perPage)
        assert.equal(found.total, meant.length)
        assert.deepEqual(
          found.rows.map((job) => job.id),
          meant.slice((page - 1) * perPage, page * perPage).map((row) => Number(row.id)),
          `page ${page} of ${JSON.stringify(filter)}`,
        )
      }
    }
  })
})

const makeUnseen = `
  insert into jobs (
    task_id, contract, type, bio, user_id, request, cluster_ids, progress, deadline_at, idempotency_key
  )
  select 'group_unseen', contract, type, bio, user_id, request, cluster_ids, progress, deadline_at, 'the same key'
  from jobs where id = $1`

suite('on a server', { skip: databaseKinds.find(({ kind }) => kind === 'postgresql')?.skip ?? false }, () => {
  test('a job that another replica is about to make with the same key is waited for, and answered', () =>
    withDatabase('postgresql', ({ database, options: { url = '' } }) =>
      withClient(url, async (other) => {
        const jobs = new Jobs(database, new Sealer('the key of these tests'))
        const { id } = await jobs.insert(newJob())
        await other.query('begin')
        await other.query(makeUnseen, [id])
        const asked = jobs.insertOnce('the same key', newJob())
        const deadline = AbortSignal.timeout(10_000)
        const waiting = async () => (await other.query('select from pg_locks where not granted')).rowCount !== 0
        while (!(await waiting())) {
          deadline.throwIfAborted()
          await setImmediate()
        }
        await other.query('commit')
        const { job, made } = await asked
        assert.deepEqual([job.taskId, made], ['group_unseen', false])
      }),
    ))
})
