import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Failure } from '../../../src/model/failure.ts'
import { Clusters } from '../../../src/store/clusters.ts'
import { openDatabase, type Database } from '../../../src/store/database.ts'
import { databaseKinds, withDatabase } from '../../support/database.ts'
import { onEachDatabase } from './bench.ts'

const tables = async (database: Database): Promise<string[]> => {
  const { rows } = await database.run((db) =>
    db.raw<{ rows: { name: string }[] }>(
      `select tablename as name from pg_tables where schemaname = 'public' order by tablename`,
    ),
  )
  return rows.map(({ name }) => name)
}

const emptied = (database: Database) => database.run((db) => db.raw('drop schema public cascade; create schema public'))

onEachDatabase((own) => {
  test('several migrators at once make each table once, and another one later changes nothing', async () => {
    const database = own()
    const before = await tables(database)
    assert.ok(before.includes('jobs'))
    await emptied(database)
    assert.deepEqual(await tables(database), [])
    await Promise.all([database.migrate(), database.migrate(), database.migrate()])
    assert.deepEqual(await tables(database), before)
    await database.migrate()
    assert.equal((await new Clusters(database).list()).length, 1)
  })

  test('a mistake in a statement does not quote the values', async () => {
    await assert.rejects(
      own().run((db) => db.raw('select ?::text from nowhere', ['a secret value'])),
      (error: Error) => {
        assert.ok(!(error instanceof Failure))
        assert.match(error.message, /nowhere/)
        assert.doesNotMatch(error.message, /a secret value/)
        return true
      },
    )
  })

  test('a transaction that fails leaves nothing behind', async () => {
    const failing = own().transaction(async (trx) => {
      await trx('clusters').insert({ name: 'half', driver: 'local' })
      throw new Failure('peer.none', 'On second thoughts, no.')
    })
    await assert.rejects(failing, { code: 'peer.none' })
    assert.equal((await new Clusters(own()).list()).length, 1)
  })

  test('a healthy database says so, and a closed one is unavailable', async () => {
    await own().health()
    await Promise.all([own().close(), own().close()])
    await assert.rejects(own().health(), { code: 'store.unavailable' })
    await assert.rejects(own().migrate(), { code: 'store.unavailable' })
  })
})

suite('a server', { skip: databaseKinds.find(({ kind }) => kind === 'postgresql')?.skip ?? false }, () => {
  test('that ends a connection costs what was under way on it, and no more', () =>
    withDatabase('postgresql', async ({ database }) => {
      const cut = database.run((db) => db.raw('select pg_terminate_backend(pg_backend_pid())'))
      await assert.rejects(cut, { code: 'store.unavailable' })
      // Until the pool hears of the end, it may hand out the dead connection once more.
      const deadline = AbortSignal.timeout(10_000)
      let answered = false
      while (!answered) {
        deadline.throwIfAborted()
        await setImmediate()
        answered = await database.health().then(
          () => true,
          (error: Failure) => {
            assert.equal(error.code, 'store.unavailable')
            return false
          },
        )
      }
    }))

  test('without such a database is named', () =>
    withDatabase('postgresql', async ({ options: { url = '', dataDir } }) => {
      const missing = url.replace(/[^/]+$/, 'no_such_database')
      await assert.rejects(openDatabase({ url: missing, dataDir }), {
        code: 'store.unavailable',
        message:
          /^The database at 127\.0\.0\.1:\d+\/no_such_database cannot be used: it has no database of that name\.$/,
      })
    }))
})

test('a database that cannot be reached is named, and its password is not', async () => {
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const address = closed.address()
  assert.ok(address !== null && typeof address === 'object')
  closed.close()
  await once(closed, 'close')
  const url = `postgresql://ann:hunter2@127.0.0.1:${address.port}/warmfront`
  await assert.rejects(openDatabase({ url, dataDir: tmpdir() }), (error: Failure) => {
    assert.equal(error.code, 'store.unavailable')
    const place = `at 127.0.0.1:${address.port}/warmfront`
    assert.equal(error.message, `The database ${place} cannot be used: the connection was refused.`)
    assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`, /hunter2/)
    return true
  })
})

test('an address that is no URL is refused without being quoted', async () => {
  await assert.rejects(openDatabase({ url: 'ann:hunter2@:5432 /', dataDir: tmpdir() }), (error: Failure) => {
    assert.equal(error.code, 'store.unavailable')
    assert.match(error.message, /expected postgresql:/)
    assert.doesNotMatch(`${error.stack} ${String(error.cause)}`, /hunter2/)
    return true
  })
})

test('a first start makes the embedded database, whatever an interrupted one left behind', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'warmfront-test-'))
  try {
    await mkdir(join(dataDir, 'database.new-interrupted', 'base'), { recursive: true })
    const database = await openDatabase({ dataDir })
    await database.migrate()
    await database.close()
    assert.deepEqual(await readdir(dataDir), ['database'])
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
})

const damages = [
  { name: 'a file in its place', damage: (directory: string) => writeFile(directory, '') },
  {
    name: 'a directory of something else',
    damage: (directory: string) => cp(import.meta.dirname, directory, { recursive: true }),
  },
  {
    name: 'a directory without its tables',
    damage: async (directory: string) => {
      await mkdir(directory)
      await writeFile(join(directory, 'PG_VERSION'), '18')
    },
  },
]

for (const { name, damage } of damages) {
  test(`an embedded database that is ${name} is refused and left as it is`, async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'warmfront-test-'))
    const directory = join(dataDir, 'database')
    try {
      await damage(directory)
      await assert.rejects(openDatabase({ dataDir }), {
        code: 'store.unavailable',
        message:
          /^The embedded database in .+ could not be (made|opened)\.$|^.+ is in the place of the embedded database, and is none\.$/,
      })
      assert.deepEqual(await readdir(dataDir), ['database'])
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  })
}
