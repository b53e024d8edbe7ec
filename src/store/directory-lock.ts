// One process per data directory: the embedded database and the blob cache both rely on it.

import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Failure } from '../model/failure.ts'

/** Held until release(), or until the process ends, however it ends. */
export interface DirectoryLock {
  release(): Promise<void>
}

/** A process, told apart from a later one with the same pid. */
interface Holder {
  readonly pid: number
  /** From /proc, in ticks since the boot; empty where the system has no /proc. */
  readonly started: string
  readonly boot: string
}

/**
 * Takes the directory for this process, and makes it where it is missing. Throws Failure 'store.unavailable' naming
 * the process that has it. Who ended without a release, killed or not, is not in the way.
 *
 * Each process lays a claim of its own, an empty file in `<directory>/lock` whose name says everything, and only then
 * looks for those of others. So of two at least one sees the other, whoever is faster, and a claim can be cleared away
 * by anybody once its process is gone: nobody else will ever use that name. Two that start in the same instant may
 * both withdraw.
 *
 * It cannot see processes of another machine or container that share the directory.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const place = resolve(directory)
  const claims = join(place, 'lock')
  const mine = nameOf(await ourselves())
  try {
    await mkdir(claims, { recursive: true, mode: 0o700 })
    await (await open(join(claims, mine), 'wx', 0o600)).close()
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw taken(place, process.pid)
    throw new Failure('store.unavailable', `The data directory ${place} cannot be written (${codeOf(error)}).`, {
      cause: error,
    })
  }
  const release = () => rm(join(claims, mine), { force: true })
  try {
    await refuseOthers(place, claims, mine)
  } catch (error) {
    await release()
    throw error
  }
  return { release }
}

async function refuseOthers(place: string, claims: string, mine: string): Promise<void> {
  for (const name of await readdir(claims)) {
    const holder = name === mine ? undefined : holderOf(name)
    if (holder === undefined) continue
    if (await isAlive(holder)) throw taken(place, holder.pid)
    await rm(join(claims, name), { force: true })
  }
}

const taken = (place: string, pid: number): Failure =>
  new Failure(
    'store.unavailable',
    `The data directory ${place} is in use by process ${pid}; stop that one first, or use another directory.`,
  )

const nameOf = (holder: Holder): string => `${holder.pid}_${holder.started}_${holder.boot}`

function holderOf(name: string): Holder | undefined {
  const found = /^(\d+)_(\d*)_([\w-]*)$/.exec(name)
  return found === null ? undefined : { pid: Number(found[1]), started: found[2] ?? '', boot: found[3] ?? '' }
}

async function ourselves(): Promise<Holder> {
  return { pid: process.pid, started: (await startOf(process.pid)) ?? '', boot: await bootId() }
}

async function isAlive(holder: Holder): Promise<boolean> {
  if (holder.boot !== (await bootId())) return false
  if (holder.started === '') return answers(holder.pid)
  return (await startOf(holder.pid)) === holder.started
}

/** undefined: there is no such process any more; a zombie holds nothing either. proc(5), /proc/pid/stat. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The second field is the program's name in brackets, and may hold blanks and brackets itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const state = fields[0] ?? ''
  return stat === '' || 'ZXx'.includes(state) ? undefined : fields[19]
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim()
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return codeOf(error) === 'EPERM'
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
}
