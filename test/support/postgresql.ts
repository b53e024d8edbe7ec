// A throw-away PostgreSQL server for one run of the tests.

import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync } from 'node:fs'
import { chmod, chown, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const oldest = 15
const startMs = 30_000
const user = 'warmfront'

export interface Server {
  /** Of the database `postgres`, without a password: it trusts the loopback interface. */
  readonly url: string
  /** Ends the server at once and removes its files. */
  stop(): Promise<void>
}

/** The folder of the newest server's programs, 15 or later; undefined where none is installed. */
export function findPostgresql(): string | undefined {
  const versionOf = (path: string): number => Number(/\/(\d+)\/bin\/initdb$/.exec(path)?.[1] ?? 0)
  const debian = globSync('/usr/lib/postgresql/*/bin/initdb')
    .filter((path) => versionOf(path) >= oldest)
    .toSorted((a, b) => versionOf(b) - versionOf(a))
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'initdb'))
  const found = debian[0] ?? onPath.find((path) => existsSync(path))
  return found?.slice(0, -'/initdb'.length)
}

/** `quick` never waits for the disk; `durable` is as an operator has it. */
export async function startPostgresql(programs: string, how: 'quick' | 'durable' = 'quick'): Promise<Server> {
  const directory = await mkdtemp(join(tmpdir(), 'warmfront-postgresql-'))
  const remove = () => rm(directory, { recursive: true, force: true })
  try {
    const who = await unprivileged()
    if (who.uid !== undefined && who.gid !== undefined) await chown(directory, who.uid, who.gid)
    await chmod(directory, 0o700)
    const data = join(directory, 'data')
    const options = { ...who, cwd: directory, timeout: startMs, env: { ...process.env, LC_ALL: 'C' } }
    const init = ['--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C', `--username=${user}`]
    await promisify(execFile)(join(programs, 'initdb'), [`--pgdata=${data}`, ...init], options)
    const port = await freePort()
    const server = await start(join(programs, 'postgres'), settings(data, directory, port, how), options)
    const stop = async () => {
      const ended = once(server, 'exit')
      if (server.exitCode === null && server.signalCode === null && server.kill('SIGQUIT')) await ended
      await remove()
    }
    return { url: `postgresql://${user}@127.0.0.1:${port}/postgres`, stop }
  } catch (error) {
    await remove()
    throw error
  }
}

function settings(data: string, sockets: string, port: number, how: 'quick' | 'durable'): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: sockets,
    max_connections: 200,
    ...(how === 'quick' && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  return ['-D', data, ...Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/** The server refuses to run as root. */
async function unprivileged(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {}
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const account = ['postgres', 'nobody'].map((name) => accounts.find(([own]) => own === name)).find(Boolean)
  if (account === undefined) throw new Error('neither the user postgres nor the user nobody exists')
  return { uid: Number(account[2]), gid: Number(account[3]) }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}

interface Surroundings {
  readonly uid?: number
  readonly gid?: number
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

/** Resolves when the server says that it takes connections. */
async function start(
  program: string,
  parameters: string[],
  { uid, gid, cwd, env }: Surroundings,
): Promise<ChildProcess> {
  const who = uid === undefined || gid === undefined ? {} : { uid, gid }
  const server = spawn(program, parameters, { ...who, cwd, env, stdio: ['ignore', 'ignore', 'pipe'] })
  const said: string[] = []
  const lines = createInterface({ input: server.stderr, signal: AbortSignal.timeout(startMs) })
  for await (const line of lines) {
    said.push(line)
    if (!line.includes('ready to accept connections')) continue
    server.stderr.resume()
    process.once('exit', () => server.kill('SIGQUIT'))
    return server
  }
  server.kill('SIGQUIT')
  throw new Error(`the PostgreSQL server did not start:\n${said.join('\n')}`)
}
