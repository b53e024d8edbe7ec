// The console in front of a stand-in for the service, which says that a large preheat is under way: for measurements
// of the browser alone.

import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import type { components } from '../openapi/open-api.ts'

type JobMap = components['schemas']['JobMap']
type Job = components['schemas']['Job']

export interface StandInOptions {
  readonly peers: number
  readonly blobs: number
  /** Cells that are another letter each time that the map is asked for. */
  readonly changes: number
}

const root = new URL('../dist/console/', import.meta.url)
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

export async function startStandIn(options: StandInOptions) {
  const answers = await answersOf(options)
  const files = await filesOfConsole()
  const server = createServer((req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '/', 'http://stand-in')
    const answer = answers[pathname]
    if (answer !== undefined) {
      res.setHeader('content-type', 'application/json').end(JSON.stringify(answer(searchParams)))
      return
    }
    const name = pathname.replace(/^\/console\//, '') || 'index.html'
    const file = files.get(name)
    if (file === undefined) res.writeHead(404).end('{}')
    else res.setHeader('content-type', types[extname(name)] ?? 'text/plain').end(file)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** At once, so that a build beside it does not change what is served. */
async function filesOfConsole(): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const folder = fileURLToPath(root)
  return new Map(await Promise.all(paths.map(async (path) => [relative(folder, path), await readFile(path)] as const)))
}

type Answers = Readonly<Record<string, (query: URLSearchParams) => unknown>>

/** What is not the map is as the document's examples have it. */
async function answersOf(options: StandInOptions): Promise<Answers> {
  const text = await readFile(new URL('../openapi/open-api.yaml', import.meta.url), 'utf8')
  const { paths, components } = parse(text) as Document
  const example = (path: string): unknown => paths[path]?.get.responses['200'].content['application/json'].example
  const tasks = options.peers * options.blobs
  const job: Job = {
    ...components.examples.Job.value,
    id: 1,
    phase: 'warming',
    progress: { ...components.examples.Job.value.progress, tasks, warm: tasks / 4, bytes_total: tasks * 1e6 },
  }
  const map = movingMap(options)
  return {
    '/oapi/v1/whoami': () => example('/oapi/v1/whoami'),
    '/oapi/v1/service': () => example('/oapi/v1/service'),
    '/oapi/v1/clusters': () => [],
    '/oapi/v1/jobs': () => [job],
    '/oapi/v1/jobs/1': () => job,
    '/oapi/v1/jobs/1/tasks': () => [],
    '/oapi/v1/jobs/1/map': map,
  }
}

interface Document {
  readonly paths: Readonly<Record<string, { readonly get: { readonly responses: { readonly '200': Answer } } }>>
  readonly components: { readonly examples: { readonly Job: { readonly value: Job } } }
}
interface Answer {
  readonly content: { readonly 'application/json': { readonly example: unknown } }
}

/** Each answer is a step further than the one before; the same steps in every run. */
function movingMap({ peers, blobs, changes }: StandInOptions): (query: URLSearchParams) => JobMap {
  const die = makeDie()
  const cells = Array.from({ length: blobs }, () =>
    Array.from({ length: peers }, (): string => (die() < 0.3 ? 'w' : 'q')),
  )
  const names = {
    peers: Array.from({ length: peers }, (_, n) => peerOf(n)),
    blobs: Array.from({ length: blobs }, (_, n) => blobOf(n)),
  }
  return (query) => {
    for (let n = 0; n < changes; n++) {
      const row = cells[Math.floor(die() * blobs)] ?? []
      const peer = Math.floor(die() * peers)
      row[peer] = after(row[peer] ?? 'q', die())
    }
    const isKnown = query.get('plan') === '1'
    const rows = cells.map((row) => row.join(''))
    return { plan: '1', rows, causes: [], ...(isKnown ? { peers: null, blobs: null } : names) }
  }
}

const after = (letter: string, chance: number): string => {
  if (letter === 'q') return 'r'
  return letter === 'r' ? (chance < 0.03 ? 'f' : 'w') : letter
}

const peerOf = (n: number) => ({
  id: `dragonfly-2@node-${n}`,
  cluster_id: 2,
  hostname: `ip-10-4-${Math.floor(n / 250)}-${n % 250}.eu-central-1.compute.internal`,
  ip: `10.4.${Math.floor(n / 250)}.${n % 250}`,
  address: `10.4.${Math.floor(n / 250)}.${n % 250}:4000`,
  location: '',
})

const blobOf = (n: number) => {
  const digest = `sha256:${n.toString(16).padStart(64, '0')}`
  return {
    kind: n === 0 ? ('manifest' as const) : n === 1 ? ('config' as const) : ('layer' as const),
    digest,
    size: 1_000_000 + n * 12_345,
    media_type: 'application/vnd.oci.image.layer.v1.tar+gzip',
    url: `https://registry.example.com/v2/library/app/blobs/${digest}`,
  }
}

/** From 0 to 1, the same numbers in every run: Park and Miller's generator. */
function makeDie(): () => number {
  let state = 1
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}
