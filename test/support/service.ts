// The whole service as a user has it: the program in a process of its own, with a data directory of its own.

import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { components } from '../../openapi/open-api.ts'
import { settings as table } from '../../src/config/settings.ts'
import { makeConforms, type Conforms } from './conform.ts'
import { templates } from './database.ts'
import { startProgram, type RunningProgram } from './program.ts'

export type Job = components['schemas']['Job']

const entry = fileURLToPath(new URL('../../bin/warmfront.mjs', import.meta.url))
export const adminToken = 'wf_test-administrator-0123456789abcdef'
/** Longer than any job of a test takes; a job that never ends fails its test here. */
const endsWithinMs = 120_000

export interface TestService {
  readonly url: string
  readonly pid: number | undefined
  /** The absolute path of its data directory. */
  readonly dataDir: string
  output(): string
  /** With the administrator's token, unless `headers` says otherwise. Throws where the answer breaks the document. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answered>
  preheat(args: Readonly<Record<string, unknown>>): Promise<Job>
  job(id: number): Promise<Job>
  /** The job once it is SUCCESS or FAILURE. */
  settled(id: number): Promise<Job>
  /** SIGKILL. */
  kill(): Promise<void>
  /** SIGKILL, or SIGTERM as an operator would; then the same data directory again. */
  restart(how: 'killed' | 'stopped'): Promise<void>
  stop(): Promise<void>
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** undefined where the body is no JSON. */
  readonly json: unknown
}

/** `settings` beside those that every test wants: a free port, loopback origins, a known token. */
export async function startService(settings: Readonly<Record<string, string>> = {}): Promise<TestService> {
  const conforms = makeConforms(
    table.contracts.read(settings['WARMFRONT_CONTRACTS'] ?? table.contracts.fallback ?? ''),
    table.path_prefixes.read(settings['WARMFRONT_PATH_PREFIXES'] ?? ''),
  )
  const directory = await mkdtemp(join(tmpdir(), 'warmfront-service-'))
  const template = process.env[templates.pglite]
  if (template !== undefined) await cp(template, join(directory, 'data'), { recursive: true })
  const env = {
    WARMFRONT_PORT: '0',
    WARMFRONT_DATA_DIR: 'data',
    WARMFRONT_ADMIN_TOKEN: adminToken,
    WARMFRONT_EGRESS_ALLOW: '127.0.0.0/8',
    WARMFRONT_DRAIN_DELAY: '0s',
    ...settings,
  }
  const start = () =>
    startProgram(process.execPath, [entry, 'serve'], { cwd: directory, env, ready: /listens on (http:\S+)/ })
  const first = await start().catch(async (error: unknown) => {
    await rm(directory, { recursive: true, force: true })
    throw error
  })
  const service = new Service(start, first, { dataDir: join(directory, 'data'), conforms })
  return Object.assign(service, {
    async stop() {
      await service.end()
      await rm(directory, { recursive: true, force: true })
    },
  })
}

class Service {
  readonly #start: () => Promise<RunningProgram>
  #program: RunningProgram
  readonly dataDir: string
  readonly #conforms: Conforms
  #before = ''

  constructor(
    start: () => Promise<RunningProgram>,
    program: RunningProgram,
    { dataDir, conforms }: { readonly dataDir: string; readonly conforms: Conforms },
  ) {
    this.dataDir = dataDir
    this.#conforms = conforms
    this.#start = start
    this.#program = program
  }

  get url(): string {
    return this.#program.ready[1] ?? ''
  }

  get pid(): number | undefined {
    return this.#program.pid
  }

  output(): string {
    return this.#before + this.#program.output()
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = { authorization: `Bearer ${adminToken}` },
  ): Promise<Answered> {
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const payload = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
    const response = await fetch(this.url + path, {
      method,
      headers: { ...json, ...headers },
      body: payload,
      redirect: 'manual',
    })
    const { status, headers: answered } = response
    const text = await response.text()
    this.#conforms({ method, path, status, headers: answered, text })
    return { status, headers: answered, text, json: parsed(text) }
  }

  async preheat(args: Readonly<Record<string, unknown>>): Promise<Job> {
    const answer = await this.call('POST', '/oapi/v1/jobs', { type: 'preheat', args })
    if (answer.status !== 200) throw new Error(`refused with ${answer.status}: ${answer.text}`)
    return answer.json as Job
  }

  async job(id: number): Promise<Job> {
    return (await this.call('GET', `/oapi/v1/jobs/${id}`)).json as Job
  }

  async settled(id: number): Promise<Job> {
    const until = AbortSignal.timeout(endsWithinMs)
    for (;;) {
      const job = await this.job(id)
      if (job.state !== 'PENDING') return job
      if (until.aborted) throw new Error(`job ${id} did not end: ${JSON.stringify(job.progress)}\n${this.output()}`)
      await pause(25)
    }
  }

  kill(): Promise<void> {
    return this.#program.kill()
  }

  async restart(how: 'killed' | 'stopped'): Promise<void> {
    await (how === 'killed' ? this.#program.kill() : this.#program.stop())
    this.#before = this.output()
    this.#program = await this.#start()
  }

  end(): Promise<void> {
    return this.#program.stop()
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
