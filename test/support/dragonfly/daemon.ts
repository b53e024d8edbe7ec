// A dfdaemon for tests: its upload port over gRPC and its proxy for nodes, with the habits of several versions.

import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js'
import { taskIdOf } from '../../../src/peers/dragonfly/task-id.ts'
import type { Certificate } from '../certificates.ts'
import { bind, shutDown } from './port.ts'
import { FakeProxy, type ProxyOptions } from './proxy.ts'
import { healthService, serviceOf, uploadService } from './services.ts'
import type { FakeScheduler } from './scheduler.ts'
import { BackendError, numbersOf, TaskStore, type HeldPiece, type Source, type Traffic } from './tasks.ts'

export interface DaemonOptions {
  readonly hostname?: string
  readonly seed?: boolean
  /** The daemon announces itself there, and finds others through it. */
  readonly scheduler?: FakeScheduler
  /** Mutual TLS. */
  readonly tls?: Certificate
  /** A Go dfdaemon, which has not the service. */
  readonly isOld?: boolean
  readonly proxy?: Partial<ProxyOptions>
  readonly host?: string
}

export interface FakeDownload {
  readonly url: string
  readonly tag?: string
  readonly application?: string
  readonly priority: string | number
  readonly filtered_query_params: readonly string[]
  readonly request_header: Readonly<Record<string, string>>
  readonly piece_length?: number
  readonly range?: unknown
  readonly enable_task_id_based_blob_digest: boolean
}

type DownloadCall = ServerWritableStream<{ readonly download: FakeDownload | null }, object>
type TaskCall = ServerUnaryCall<{ readonly task_id: string }, object>

export class FakeDaemon {
  readonly hostname: string
  readonly seed: boolean
  readonly downloads: FakeDownload[] = []
  readonly calls = { download: 0, stat: 0, sync: 0, delete: 0, health: 0 }
  readonly store: TaskStore
  readonly proxyOptions: ProxyOptions
  readonly proxy: FakeProxy
  /** Since 1.4.1 what is held is answered by an empty stream. */
  emptyHits = true
  /** Since 1.1.4. */
  knowsDigestIds = true
  /** Every call is refused with this. */
  refusesWith: { readonly code: status; readonly details: string } | undefined
  /** It serves, as it says. */
  serves = true
  port = 0
  proxyPort = 0
  readonly #options: DaemonOptions
  readonly #server = new Server()

  constructor(options: DaemonOptions) {
    this.#options = options
    this.hostname = options.hostname ?? 'node'
    this.seed = options.seed ?? false
    this.store = new TaskStore(options.scheduler)
    this.proxyOptions = {
      rule: /blobs\/sha256.*/,
      digestIds: true,
      filtersNs: true,
      ignoresTag: false,
      ...options.proxy,
    }
    this.proxy = new FakeProxy(this.store, this.proxyOptions)
  }

  get host(): string {
    return this.#options.host ?? '127.0.0.1'
  }

  get address(): string {
    return `${this.host}:${this.port}`
  }

  async listen(): Promise<void> {
    const { tls, isOld = false, scheduler } = this.#options
    if (!isOld) {
      this.#server.addService(serviceOf(uploadService), {
        DownloadTask: (call: DownloadCall) => void this.#download(call),
        StatLocalTask: (call: TaskCall, done: sendUnaryData<object>) => this.#stat(call, done),
        SyncPieces: (call: SyncCall) => this.#sync(call),
        DeleteTask: (call: TaskCall, done: sendUnaryData<object>) => this.#delete(call, done),
      })
    }
    this.#server.addService(serviceOf(healthService), {
      Check: (_call: unknown, done: sendUnaryData<object>) => {
        this.calls.health++
        done(null, { status: this.serves ? 'SERVING' : 'NOT_SERVING' })
      },
    })
    this.port = await bind(this.#server, `${this.host}:0`, credentialsOf(tls))
    this.proxyPort = await this.proxy.listen(this.host)
    scheduler?.announce(this)
  }

  /** As a node that was switched off. */
  async stop(): Promise<void> {
    await shutDown(this.#server)
    await this.proxy.close()
  }

  async close(): Promise<void> {
    await this.stop()
  }

  async #download(call: DownloadCall): Promise<void> {
    this.calls.download++
    const { download } = call.request
    if (this.refusesWith !== undefined) return refuse(call, this.refusesWith)
    if (download === null) return refuse(call, { code: status.INVALID_ARGUMENT, details: 'missing download' })
    this.downloads.push(download)
    const source = this.#sourceOf(download)
    const write = (message: object) => {
      if (!call.cancelled) call.write({ task_id: source.taskId, ...message })
    }
    try {
      const task = await this.store.start(source)
      const isFinished = task.finishedAt !== undefined
      if (isFinished && this.emptyHits) {
        this.#options.scheduler?.register(task.id, this.store) // a broken scheduler makes a held blob an error
        call.end()
        return
      }
      const { contentLength: content_length } = task
      write({ download_task_started_response: { content_length, is_finished: isFinished } })
      const tell = (piece: HeldPiece, traffic: Traffic) =>
        write({ download_piece_finished_response: { piece: pieceMessage(piece, traffic) } })
      if (isFinished) for (const piece of task.pieces.values()) tell(piece, 'LOCAL_PEER')
      else await this.store.download(task, source, tell)
      call.end()
    } catch (error) {
      refuse(call, statusOf(error))
    }
  }

  #sourceOf(download: FakeDownload): Source {
    const { url, request_header: headers, piece_length: pieceLength } = download
    const byDigest = download.enable_task_id_based_blob_digest && this.knowsDigestIds
    const taskId = taskIdOf(url, byDigest, {
      tag: download.tag ?? '',
      application: download.application ?? '',
      filteredQueryParams: download.filtered_query_params,
      pieceLength: pieceLength ?? null,
    })
    return { taskId, url, headers, pieceLength }
  }

  #stat({ request }: TaskCall, done: sendUnaryData<object>): void {
    this.calls.stat++
    const task = this.store.tasks.get(request.task_id)
    if (this.refusesWith !== undefined) return done(this.refusesWith)
    if (task === undefined) {
      return done({ code: status.NOT_FOUND, details: `local task not found: ${request.task_id}` })
    }
    const { contentLength, pieceLength, finishedAt } = task
    done(null, {
      ...(contentLength === undefined ? {} : { content_length: contentLength }),
      ...(pieceLength === undefined ? {} : { piece_length: pieceLength }),
      ...(finishedAt === undefined ? {} : { finished_at: { seconds: Math.floor(finishedAt / 1000) } }),
    })
  }

  #sync(call: SyncCall): void {
    this.calls.sync++
    const { task_id: id, interested_piece_numbers: numbers } = call.request
    const task = this.store.tasks.get(id)
    if (this.refusesWith !== undefined) return refuse(call, this.refusesWith)
    if (task === undefined) return refuse(call, { code: status.INTERNAL, details: `task ${id} not found` })
    if (task.failedAt !== undefined) return refuse(call, { code: status.INTERNAL, details: `task ${id} failed` })
    const wanted = numbers.flatMap((number) => task.pieces.get(number) ?? [])
    for (const { number, offset, bytes } of wanted) call.write({ number, offset, length: bytes.length })
    // Of a task that is not finished the missing pieces are waited for, here without an end.
    if (task.finishedAt !== undefined || wanted.length === numbers.length) call.end()
  }

  #delete({ request }: TaskCall, done: sendUnaryData<object>): void {
    this.calls.delete++
    if (!this.store.tasks.delete(request.task_id)) {
      return done({ code: status.INTERNAL, details: `task ${request.task_id} not found` })
    }
    if (this.#options.scheduler?.isBroken === true) return done({ code: status.INTERNAL, details: 'transport error' })
    this.#options.scheduler?.forget(request.task_id, this.store)
    done(null, {})
  }

  /** Half of a task that says it is finished, as after a node has read the first bytes. */
  lieFinished(taskId: string): void {
    const task = this.store.tasks.get(taskId)
    if (task === undefined) throw new Error('no such task')
    for (const number of numbersOf(task).slice(1)) task.pieces.delete(number)
    task.finishedAt = Date.now()
  }
}

type SyncCall = ServerWritableStream<
  { readonly task_id: string; readonly interested_piece_numbers: readonly number[] },
  object
>

export async function startDaemon(options: DaemonOptions = {}): Promise<FakeDaemon> {
  const daemon = new FakeDaemon(options)
  await daemon.listen()
  return daemon
}

const credentialsOf = (tls: Certificate | undefined): ServerCredentials =>
  tls === undefined
    ? ServerCredentials.createInsecure()
    : ServerCredentials.createSsl(
        Buffer.from(tls.ca),
        [{ private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) }],
        true,
      )

const pieceMessage = ({ number, offset, bytes }: HeldPiece, traffic: Traffic) => ({
  number,
  offset,
  length: bytes.length,
  traffic_type: traffic,
})

interface Refusal {
  readonly code: status
  readonly details: string
  readonly metadata?: Metadata
}

function refuse(call: ServerWritableStream<never, object> | DownloadCall | SyncCall, refusal: Refusal): void {
  call.emit('error', refusal)
}

function statusOf(error: unknown): Refusal {
  const details = error instanceof Error ? error.message : String(error)
  if (!(error instanceof BackendError)) return { code: status.INTERNAL, details }
  const metadata = new Metadata()
  const json = { message: error.message, header: error.headers, status_code: error.statusCode ?? null }
  metadata.set('grpc-status-details-bin', Buffer.from(JSON.stringify(json)))
  return { code: status.INTERNAL, details: `backend error: ${details}`, metadata }
}
