import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, test } from 'node:test'
import { Sealer } from '../../../src/kit/seal.ts'
import { openDatabase } from '../../../src/store/database.ts'
import { lockDirectory } from '../../../src/store/directory-lock.ts'
import { Jobs } from '../../../src/store/jobs.ts'
import { Leases } from '../../../src/store/leases.ts'
import { withDatabase } from '../../support/database.ts'

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'warmfront-test-'))
})
afterEach(async () => {
  await rm(directory, { recursive: true, force: true })
})

const locker = `
  const { lockDirectory } = await import(${JSON.stringify(new URL('../../../src/store/directory-lock.ts', import.meta.url))})
  await lockDirectory(process.argv[1])
  console.log('held')
  setInterval(() => {}, 60_000)`

/** Resolves when the program holds the lock of the directory. */
async function lockedElsewhere(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', locker, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) if (line === 'held') break
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

test('a second process is refused, and told which one has the directory', async () => {
  const other = await lockedElsewhere()
  try {
    await assert.rejects(lockDirectory(directory), {
      code: 'store.unavailable',
      message: `The data directory ${directory} is in use by process ${other.pid}; stop that one first, or use another directory.`,
    })
  } finally {
    await kill(other)
  }
})

test('the lock of a process that was killed is taken over, and nothing of it is left', async () => {
  await kill(await lockedElsewhere())
  const lock = await lockDirectory(directory)
  assert.equal((await readdir(join(directory, 'lock'))).length, 1)
  await lock.release()
  assert.deepEqual(await readdir(join(directory, 'lock')), [])
})

test('a pid that another program has by now does not hold the lock', async () => {
  const lock = await lockDirectory(directory)
  const [mine = ''] = await readdir(join(directory, 'lock'))
  await lock.release()
  const [pid, started, boot] = mine.split('_')
  assert.equal(pid, String(process.pid))
  const earlier = [
    `${pid}_${Number(started) - 1}_${boot}`,
    `${pid}_${started}_another-boot`,
    `${process.ppid}_1_${boot}`,
  ]
  for (const name of earlier) await writeFile(join(directory, 'lock', name), '')
  await (await lockDirectory(directory)).release()
  assert.deepEqual(await readdir(join(directory, 'lock')), [])
})

test('the same process cannot take the directory twice, but again after a release', async () => {
  const lock = await lockDirectory(directory)
  await assert.rejects(lockDirectory(directory), { code: 'store.unavailable', message: /in use by process/ })
  await lock.release()
  await (await lockDirectory(directory)).release()
})

test('a directory that cannot be made is named', async () => {
  await writeFile(join(directory, 'file'), '')
  await assert.rejects(lockDirectory(join(directory, 'file')), {
    code: 'store.unavailable',
    message: /^The data directory .+file cannot be written \(E\w+\)\.$/,
  })
})

test('other files in the place of the lock are left alone', async () => {
  await mkdir(join(directory, 'lock'))
  await writeFile(join(directory, 'lock', 'README'), '')
  await (await lockDirectory(directory)).release()
  assert.deepEqual(await readdir(join(directory, 'lock')), ['README'])
})

test('after kill -9 the embedded database holds every job that was acknowledged, and all can be claimed', () =>
  withDatabase('pglite', async ({ database: prepared, options }) => {
    await prepared.close()
    const program = join(import.meta.dirname, 'keep-writing.ts')
    const child = spawn(process.execPath, [program, options.dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
    // The end of its output comes before the end of the process.
    const ended = once(child, 'exit')
    const acknowledged: number[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(Number(line))
      if (acknowledged.length === 100) child.kill('SIGKILL')
    }
    await ended
    const lock = await lockDirectory(options.dataDir)
    const database = await openDatabase(options)
    try {
      const sealer = new Sealer('the key of these tests')
      const kept = (await new Jobs(database, sealer).list({}, 1, 10_000)).rows.map((job) => job.id).toReversed()
      assert.ok(acknowledged.length >= 100)
      assert.deepEqual(
        acknowledged.filter((id) => !kept.includes(id)),
        [],
      )
      const leases = new Leases(database, sealer)
      assert.ok((await leases.releaseAll()) > 0)
      const claimed = await leases.claim('the next process', 60_000, 10_000)
      assert.deepEqual(
        claimed.map(({ job }) => job.id),
        kept,
      )
    } finally {
      await database.close()
      await lock.release()
    }
  }))
