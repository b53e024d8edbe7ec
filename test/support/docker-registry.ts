// A real registry: Debian's docker-registry 2.8, with what it needs beside it, in a directory that is removed again.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Certificate } from './certificates.ts'
import type { MadeImage } from './image.ts'
import { runProgram, startProgram } from './program.ts'
import { requires } from './requires.ts'
import { writeSkopeoDirectory } from './skopeo-directory.ts'
import {
  isForPush,
  startTokenServer,
  type TokenRequest,
  type TokenServer,
  type TokenServerOptions,
} from './token-server.ts'

/** For a test's `skip` option. */
export const dockerRegistryMissing = (): false | string =>
  requires('docker-registry', 'docker-registry') ||
  requires('skopeo', 'skopeo') ||
  requires('htpasswd', 'apache2-utils') ||
  requires('openssl', 'openssl')

/** Whom `basic` and `token` let in. With `token`, who gives no credential may pull, too. */
export const registryUser = { username: 'alice', password: 's3cret' } as const

export interface DockerRegistryOptions {
  /** Default: `none`. */
  readonly auth?: 'none' | 'basic' | 'token'
  /** How the server behaves that gives the tokens. */
  readonly tokens?: TokenServerOptions
  /** Served with this certificate; plain HTTP without one. */
  readonly tls?: Certificate
  /** Only who shows a certificate of this one's authority is served. Only with `tls`. */
  readonly clients?: Certificate
  /** Blobs are answered by 307 to this base address, followed by the blob's path in the registry's storage. */
  readonly redirectBlobsTo?: string
  /** It is a pull-through cache of the registry at this address, and takes no pushes. */
  readonly pullsThrough?: string
  /** Nothing can be stored: where its blobs would lie stands a file. */
  readonly storesNothing?: boolean
  /** Who is notified of what is pushed and pulled. */
  readonly notifies?: { readonly url: string; readonly headers: Readonly<Record<string, string>> }
}

export interface ServedRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly status: number
  readonly agent: string
}

export interface DockerRegistry {
  /** 127.0.0.1 and the port. */
  readonly host: string
  /** `http://` or `https://` before the host. */
  readonly url: string
  /** `name` as in `library/app:1.0`. Digests stay as they are. */
  push(image: MadeImage, name: string): Promise<void>
  /** What its token server was asked, besides by its own pushes. Only with `auth: 'token'`. */
  tokenRequests(): readonly TokenRequest[]
  /**
   * Ends it, and tells what it served besides its own pushes. Only then: a request is logged after its answer has
   * left, so that a count taken while it runs could be too low. May be called again.
   */
  stop(): Promise<readonly ServedRequest[]>
}

export async function startDockerRegistry(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const { auth = 'none', tls } = options
  const directory = await mkdtemp(join(tmpdir(), 'warmfront-registry-'))
  const { username, password } = registryUser
  const tokens = auth === 'token' ? await startTokenServer(username, password, options.tokens) : undefined
  const clear = async () => {
    await tokens?.stop()
    await rm(directory, { recursive: true, force: true })
  }
  const serve = async () => {
    if (auth === 'basic') await writePasswords(directory)
    const files = {
      'tls.crt': tls?.cert,
      'tls.key': tls?.key,
      'clients.crt': options.clients?.ca,
      'signer.crt': tokens?.authority,
    }
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text ?? '')
    await writeFile(join(directory, 'config.yml'), stringify(settingsOf(options, tokens)))
    if (options.storesNothing === true) await blockStorage(directory)
    const ready = /listening on (127\.0\.0\.1:\d+)/
    return startProgram('docker-registry', ['serve', 'config.yml'], { cwd: directory, ready })
  }
  const program = await serve().catch(async (error: unknown) => {
    await clear()
    throw error
  })
  const host = program.ready[1] ?? ''
  let served: Promise<readonly ServedRequest[]> | undefined
  return {
    host,
    url: `${tls === undefined ? 'http' : 'https'}://${host}`,
    push: (image, name) => push(directory, image, `${host}/${name}`, options),
    tokenRequests: () => tokens?.requests.filter(({ scopes }) => !scopes.some(isForPush)) ?? [],
    stop: () => {
      served ??= (async () => {
        await program.stop()
        await clear()
        return requestsIn(program.output()).filter(({ agent }) => !agent.startsWith('skopeo/'))
      })()
      return served
    },
  }
}

function settingsOf(options: DockerRegistryOptions, tokens: TokenServer | undefined): object {
  const { auth = 'none', tls, clients, redirectBlobsTo, notifies } = options
  const basic = { htpasswd: { realm: 'test registry', path: 'htpasswd' } }
  const token = {
    token: { realm: tokens?.url, service: tokens?.service, issuer: tokens?.issuer, rootcertbundle: 'signer.crt' },
  }
  return {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: false } },
    storage: { filesystem: { rootdirectory: 'storage' }, delete: { enabled: true } },
    http: {
      addr: '127.0.0.1:0',
      secret: 'only for tests',
      // What is being answered when it is told to stop is answered and logged first.
      draintimeout: '5s',
      ...(tls === undefined ? {} : { tls: tlsOf(clients) }),
    },
    ...(options.pullsThrough === undefined ? {} : { proxy: { remoteurl: options.pullsThrough } }),
    ...(auth === 'none' ? {} : { auth: auth === 'basic' ? basic : token }),
    ...(redirectBlobsTo === undefined ? {} : { middleware: { storage: [redirectTo(redirectBlobsTo)] } }),
    ...(notifies === undefined ? {} : { notifications: { endpoints: [endpointOf(notifies)] } }),
  }
}

async function blockStorage(directory: string): Promise<void> {
  const root = join(directory, 'storage/docker/registry/v2')
  await mkdir(root, { recursive: true })
  await writeFile(join(root, 'blobs'), 'no directory')
}

const tlsOf = (clients: Certificate | undefined): object => {
  const own = { certificate: 'tls.crt', key: 'tls.key' }
  return clients === undefined ? own : { ...own, clientcas: ['clients.crt'] }
}

const redirectTo = (baseurl: string): object => ({ name: 'redirect', options: { baseurl } })

/** What is not taken is sent again after the backoff, as often as it needs. */
function endpointOf({ url, headers }: NonNullable<DockerRegistryOptions['notifies']>): object {
  const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
  return { name: 'listener', url, headers: lists, timeout: '10s', threshold: 3, backoff: '100ms' }
}

async function writePasswords(directory: string): Promise<void> {
  // bcrypt (-B) is the one kind that the registry reads.
  const { username, password } = registryUser
  const { ok, output } = await runProgram('htpasswd', ['-Bbc', 'htpasswd', username, password], directory)
  if (!ok) throw new Error(`htpasswd failed:\n${output}`)
}

async function push(
  directory: string,
  image: MadeImage,
  target: string,
  { auth = 'none', clients }: DockerRegistryOptions,
): Promise<void> {
  const source = await mkdtemp(join(directory, 'image-'))
  await writeSkopeoDirectory(source, image)
  // Whether its certificate is trusted is for tests to find out; what is pushed has to arrive.
  const trust = ['--dest-tls-verify=false', ...(clients === undefined ? [] : await showing(directory, clients))]
  const login = auth === 'none' ? [] : ['--dest-creds', `${registryUser.username}:${registryUser.password}`]
  // Without --preserve-digests skopeo would compress what is not compressed, and the digests would change.
  const copy = ['--insecure-policy', 'copy', '--all', '--preserve-digests']
  const { ok, output } = await runProgram(
    'skopeo',
    [...copy, ...trust, ...login, `dir:${source}`, `docker://${target}`],
    directory,
  )
  await rm(source, { recursive: true })
  if (!ok) throw new Error(`skopeo could not push ${target}:\n${output}`)
}

/** skopeo shows each *.cert of a directory, with its *.key. */
async function showing(directory: string, { cert, key }: Certificate): Promise<readonly string[]> {
  const shown = join(directory, 'client')
  await mkdir(shown, { recursive: true })
  await writeFile(join(shown, 'tls.cert'), cert)
  await writeFile(join(shown, 'tls.key'), key)
  return ['--dest-cert-dir', shown]
}

/** The access log is in the combined format of web servers, between lines of the registry's own. */
function requestsIn(log: string): readonly ServedRequest[] {
  const lines = log.matchAll(/^\S+ - \S+ \[[^\]]+\] "(\S+) (\S+) HTTP\/[\d.]+" (\d+) \d+ "[^"]*" "([^"]*)"$/gm)
  return Array.from(lines, ([, method = '', path = '', status, agent = '']) => {
    return { method, path, status: Number(status), agent }
  })
}
