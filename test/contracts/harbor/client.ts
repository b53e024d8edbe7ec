// A Harbor of any released version, as far as a preheat provider sees it: one instance, its calls, and the job that
// Harbor's jobservice runs over them.

import { setTimeout as pause } from 'node:timers/promises'
import { HttpCaller, type Ears } from '../http-caller.ts'
import { decode, pathsOf } from './decode.ts'
import { type Answer, type Asked, caught, type Decoded } from './decoded.ts'
import * as kraken from './kraken.ts'
import {
  authHeaders,
  healthUrlOf,
  type Image,
  type Instance,
  krakenEvent,
  legacyBody,
  oapiBody,
  type Policy,
  urlOf,
} from './requests.ts'
import { type Rules, rulesOf } from './versions.ts'

export type { Image, Instance, Policy } from './requests.ts'

/** Instead of Harbor's ten seconds. */
const pollEveryMs = 25
/** Instead of its 1801 seconds: no job of a test lasts so long. */
const endsWithinMs = 120_000
/** Of Go's http.Client, as Harbor sets it. */
const timeoutMs = 30_000

export interface Outcome {
  readonly status: 'Success' | 'Error'
  readonly taskId: string
  /** What the user reads in the task's log. */
  readonly log: readonly string[]
}

export class Harbor {
  readonly provider: 'dragonfly' | 'kraken'
  readonly version: string
  readonly #rules: Rules
  readonly #instance: Instance
  readonly #http: HttpCaller

  constructor(version: string, provider: 'dragonfly' | 'kraken', instance: Instance, ears: Ears) {
    this.version = version
    this.provider = provider
    this.#rules = rulesOf(version)
    this.#instance = instance
    this.#http = new HttpCaller({ 'User-Agent': 'Go-http-client/1.1', Accept: 'application/json' }, timeoutMs, ears)
  }

  health(): Promise<Decoded> {
    const path = this.provider === 'kraken' ? '/health' : pathsOf(this.#rules).health
    const asked: Asked = { method: 'GET', url: healthUrlOf(this.#instance, path, this.#rules) }
    return this.#call({ asked, path, decode: (answer) => this.#decodeHealth(answer, asked) })
  }

  preheat(image: Image, policy: Policy = {}): Promise<Decoded> {
    if (this.provider === 'kraken') return this.#notify(image)
    const path = pathsOf(this.#rules).create
    const asked: Asked = { method: 'POST', url: urlOf(this.#instance, path) }
    const body = () => (this.#rules.generation === 'legacy' ? legacyBody(image) : oapiBody(image, policy, this.#rules))
    return this.#call({ asked, path, body, decode: (answer) => this.#decode('create', answer, '') })
  }

  /** Kraken's driver has nothing to ask for. */
  async progress(taskId: string): Promise<Decoded> {
    const path = `${pathsOf(this.#rules).create}/${taskId}`
    const asked: Asked = { method: 'GET', url: urlOf(this.#instance, path) }
    const decoded = await this.#call({ asked, path, decode: (answer) => this.#decode('progress', answer, taskId) })
    return decoded.outcome === 'follow' ? this.progress(decoded.taskId) : decoded
  }

  /** The whole job: health, create, and polls until the end. One failed call is its failure. */
  async run(image: Image, policy: Policy = {}): Promise<Outcome> {
    const health = await this.health()
    if (health.outcome !== 'ok') return failure('', [health.error])
    const created = await this.preheat(image, policy)
    if (created.outcome !== 'ok') return failure('', [created.error])
    if (created.harborStatus === 'SUCCESS') return { status: 'Success', taskId: created.taskId, log: [] }
    return this.follow(created.taskId)
  }

  /** The part of the job that polls, until the end. Throws where a real Harbor would poll until its own timeout. */
  async follow(taskId: string): Promise<Outcome> {
    if (taskId === '') return failure('', ['no task ID'])
    const until = AbortSignal.timeout(endsWithinMs)
    const log: string[] = []
    for (;;) {
      const { outcome, harborStatus, error, logLine } = await this.progress(taskId)
      if (outcome !== 'ok') return failure(taskId, [...log, error])
      if (harborStatus === 'SUCCESS') return { status: 'Success', taskId, log: [...log, logLine] }
      if (harborStatus === 'FAIL') return failure(taskId, [...log, `preheat failed: ${logLine}`])
      if (!['PENDING', 'RUNNING'].includes(harborStatus)) throw new Error(`Harbor hangs on ${harborStatus}`)
      log.push(`Check preheat progress: ${logLine}`)
      if (until.aborted) throw new Error(`${this.version} still polls ${taskId}: ${logLine}`)
      await pause(pollEveryMs)
    }
  }

  close(): void {
    this.#http.close()
  }

  #notify(image: Image): Promise<Decoded> {
    const path = '/registry/notifications'
    const asked: Asked = { method: 'POST', url: urlOf(this.#instance, path) }
    const { id: taskId, body } = krakenEvent(image)
    const decodeCreate = (answer: Answer) =>
      caught(() => kraken.decodeCreate(answer, { ...asked, taskId }, this.#rules))
    return this.#call({ asked, path, body: () => body, decode: decodeCreate })
  }

  #decodeHealth(answer: Answer, asked: Asked): Decoded {
    if (this.provider === 'dragonfly') return this.#decode('health', answer, '')
    return caught(() => kraken.decodeHealth(answer, asked, this.#rules))
  }

  #decode(op: 'health' | 'create' | 'progress', answer: Answer, taskId: string): Decoded {
    return decode(this.version, op, answer, { endpoint: urlOf(this.#instance, ''), taskId })
  }

  async #call({ asked, path, body, decode: read }: Calling): Promise<Decoded> {
    let headers: Readonly<Record<string, string>> = {}
    let payload: string | undefined
    const refused = caught(() => {
      headers = authHeaders(this.#instance, this.#rules)
      payload = body?.()
      return nothing
    })
    if (refused.outcome === 'error') return refused
    const answer = await this.#http.call({ ...asked, headers, body: payload })
    const decoded = read(answer)
    if (decoded.outcome === 'ok') this.#http.accepted({ method: asked.method, path })
    return decoded
  }
}

interface Calling {
  readonly asked: Asked
  /** Below the endpoint. */
  readonly path: string
  /** Throws GoError where Harbor refuses to send it. */
  readonly body?: () => string
  readonly decode: (answer: Answer) => Decoded
}

const nothing: Decoded = { outcome: 'ok', taskId: '', harborStatus: '', error: '', logLine: '' }

const failure = (taskId: string, log: readonly string[]): Outcome => ({ status: 'Error', taskId, log })
