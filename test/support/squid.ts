// A real squid, Debian's 5.7, with a cache in memory: as a forward proxy, in a directory that is removed again.

import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Certificate } from './certificates.ts'
import { freePort } from './free-port.ts'
import { startProgram } from './program.ts'
import { missing, requires } from './requires.ts'

/** For a test's `skip` option. Debian has two builds of squid: only one with OpenSSL opens others' TLS. */
export function squidMissing(build?: 'openssl'): false | string {
  if (build === undefined) return requires('squid', 'squid')
  const { stdout } = spawnSync('/usr/sbin/squid', ['-v'], { encoding: 'utf8' })
  return missing(String(stdout).includes('--with-openssl'), 'squid with OpenSSL', 'squid-openssl')
}

export interface SquidOptions {
  /** Lines of squid.conf after the usual ones; of two that say the same, the last counts. */
  readonly settings?: readonly string[]
  /** Whom it lets through: `users` are all who give a name and a password, `custom` is what `settings` say. */
  readonly open?: 'all' | 'none' | 'users' | 'custom'
  /** TLS is spoken to it, with this certificate. */
  readonly tls?: Certificate
  /** Opens the TLS of every CONNECT with this one certificate. Only in the build with OpenSSL. */
  readonly bumps?: Pick<Certificate, 'cert' | 'key'>
}

export interface Squid {
  /** 127.0.0.1 and the port. */
  readonly address: string
  /** May be called again. */
  stop(): Promise<void>
}

export async function startSquid(options: SquidOptions = {}): Promise<Squid> {
  const directory = await mkdtemp(join(tmpdir(), 'warmfront-squid-'))
  await chmod(directory, 0o755) // started by root, squid goes on as a user of its own
  const clear = () => rm(directory, { recursive: true, force: true })
  try {
    const port = await freePort()
    const { tls, bumps } = options
    const files = { 'tls.pem': both(tls), 'bumps.pem': both(bumps) }
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
    await writeFile(join(directory, 'squid.conf'), settingsOf(directory, port, options))
    const program = await startProgram('squid', ['-N', '-d', '1', '-f', join(directory, 'squid.conf')], {
      cwd: directory,
      ready: /Accepting .* connections at/,
    })
    await accepts(port)
    return {
      address: `127.0.0.1:${port}`,
      async stop() {
        await program.kill() // its cache is in memory, and an orderly end takes it 2 s
        await clear()
      },
    }
  } catch (error) {
    await clear()
    throw error
  }
}

const both = (pair: Pick<Certificate, 'cert' | 'key'> | undefined): string =>
  pair === undefined ? '' : `${pair.cert}${pair.key}`

function settingsOf(directory: string, port: number, options: SquidOptions): string {
  const { settings = [], open = 'all', tls, bumps } = options
  const listen = `${tls === undefined ? 'http_port' : 'https_port'} 127.0.0.1:${port}`
  const shown = tls === undefined ? '' : ` tls-cert=${join(directory, 'tls.pem')}`
  const opened =
    bumps === undefined ? '' : ` ssl-bump generate-host-certificates=off tls-cert=${join(directory, 'bumps.pem')}`
  return [
    `${listen}${shown}${opened}`,
    ...(bumps === undefined ? [] : ['ssl_bump bump all']),
    ...access[open],
    'visible_hostname squid.test',
    'dns_nameservers 127.0.0.1',
    'pid_filename none',
    'cache_log /dev/null',
    'access_log none',
    'netdb_filename none',
    `coredump_dir ${directory}`,
    'pinger_enable off',
    'shutdown_lifetime 0 seconds',
    'cache_mem 64 MB',
    'maximum_object_size 32 MB',
    'maximum_object_size_in_memory 32 MB',
    // What a digest names never changes; registries do not say so of manifests.
    'refresh_pattern /(blobs|manifests)/sha256: 525600 100% 525600',
    ...settings,
    '',
  ].join('\n')
}

const access = {
  all: ['http_access allow all'],
  none: ['http_access deny all'],
  // Debian's helper for tests believes everybody.
  users: [
    'auth_param basic program /usr/lib/squid/basic_fake_auth',
    'acl users proxy_auth REQUIRED',
    'http_access allow users',
    'http_access deny all',
  ],
  custom: [],
} as const

/** Squid says so a moment before it is true. */
async function accepts(port: number): Promise<void> {
  for (const deadline = AbortSignal.timeout(10_000); ; deadline.throwIfAborted()) {
    const socket = connect({ host: '127.0.0.1', port, signal: deadline })
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isOpen) return
  }
}
