// Dragonfly's messages: how they are written, and what is made of those that come.

import { join } from 'node:path'
import { loadSync, type MethodDefinition } from '@grpc/proto-loader'
import { isObject } from '../../kit/fields.ts'
import { mostPieces, type Piece } from './pieces.ts'

/** One method of a service: its path, and how its messages are written and read. */
export interface Rpc<Q extends object, R> {
  readonly path: string
  readonly encode: (request: Q) => Buffer
  /** Throws RangeError for what the method never answers. */
  readonly decode: (bytes: Buffer) => R
}

/** common.v2.Download, as far as it is used. Absent fields are left to the peer. */
export interface Download {
  readonly url: string
  readonly tag?: string
  readonly application?: string
  /** 0 to 6; 6 is what the peer's own proxy says. */
  readonly priority: number
  readonly filtered_query_params: readonly string[]
  readonly request_header: Readonly<Record<string, string>>
  /** Bytes. */
  readonly piece_length?: number
  readonly enable_task_id_based_blob_digest: boolean
}

/** What a download tells: that it began, or that a piece is there; null for a message of neither kind. */
export interface DownloadNews {
  readonly taskId: string
  readonly started: { readonly contentLength: number; readonly isFinished: boolean } | null
  readonly piece: (Piece & { readonly source: 'origin' | 'peer' | 'local' | null }) | null
}

export interface LocalTask {
  /** Bytes; null where the peer has not learned it yet. */
  readonly contentLength: number | null
  readonly pieceLength: number | null
  /** It says so after any download of a part as well: never a proof. */
  readonly isFinished: boolean
}

/** A host as a scheduler knows it; nothing of it has been judged. */
export interface Host {
  readonly type: number
  readonly hostname: string
  readonly ip: string
  readonly port: number
  readonly proxyPort: number
  readonly location: string
  readonly idc: string
  readonly version: string
  /** Bytes; null where it does not say. */
  readonly diskFree: number | null
}

export interface Wire {
  readonly downloadTask: Rpc<{ readonly download: Download }, DownloadNews>
  readonly statLocalTask: Rpc<{ readonly task_id: string }, LocalTask>
  readonly syncPieces: Rpc<PiecesAsk, Piece>
  readonly deleteTask: Rpc<{ readonly task_id: string }, true>
  readonly listHosts: Rpc<object, readonly Host[]>
  /** Whether the server says that it serves. */
  readonly check: Rpc<{ readonly service: string }, boolean>
}

interface PiecesAsk {
  readonly host_id: string
  readonly task_id: string
  readonly interested_piece_numbers: readonly number[]
}

type Message = Readonly<Record<string, unknown>>

/** Reads the interface files beside this one. */
export function loadWire(): Wire {
  const services = loadSync(['dfdaemon.proto', 'scheduler.proto', 'health.proto'], {
    includeDirs: [join(import.meta.dirname, 'proto')],
    keepCase: true,
    longs: Number, // those beyond 2^53 are refused when they are read
  })
  const rpc = <Q extends object, R>(service: string, method: string, read: (message: Message) => R): Rpc<Q, R> => {
    const { path, requestSerialize, responseDeserialize } = methodOf(services[service], method)
    return { path, encode: requestSerialize, decode: (bytes) => read(asMessage(responseDeserialize(bytes))) }
  }
  const daemon = 'dfdaemon.v2.DfdaemonUpload'
  return {
    downloadTask: rpc(daemon, 'DownloadTask', newsOf),
    statLocalTask: rpc(daemon, 'StatLocalTask', localTaskOf),
    syncPieces: rpc(daemon, 'SyncPieces', pieceOf),
    deleteTask: rpc(daemon, 'DeleteTask', () => true),
    listHosts: rpc('scheduler.v2.Scheduler', 'ListHosts', hostsOf),
    check: rpc('grpc.health.v1.Health', 'Check', (message) => numberOf(message, 'status') === 1),
  }
}

function methodOf(service: object | undefined, method: string): MethodDefinition<object, object> {
  const found: unknown = service !== undefined && method in service ? Reflect.get(service, method) : undefined
  if (!isMethod(found)) throw new TypeError(`the interface files have no ${method}`)
  return found
}

const isMethod = (value: unknown): value is MethodDefinition<object, object> =>
  typeof value === 'object' && value !== null && 'requestSerialize' in value && 'responseDeserialize' in value

const sources = ['origin', 'peer', 'local'] as const

function newsOf(message: Message): DownloadNews {
  const started = message['download_task_started_response']
  const finished = message['download_piece_finished_response']
  return {
    taskId: taskIdIn(textOf(message, 'task_id')),
    started: started === undefined ? null : startedOf(asMessage(started)),
    piece: finished === undefined ? null : movedPieceOf(asMessage(asMessage(finished)['piece'] ?? {})),
  }
}

/** '' for what is no id. */
const taskIdIn = (text: string): string => (/^[0-9a-f]{64,128}$/.test(text) ? text : '')

const startedOf = (message: Message) => ({
  contentLength: numberOf(message, 'content_length'),
  isFinished: message['is_finished'] === true,
})

function movedPieceOf(message: Message) {
  const traffic = maybeNumberOf(message, 'traffic_type')
  return { ...pieceOf(message), source: traffic === null ? null : (sources[traffic] ?? null) }
}

function pieceOf(message: Message): Piece {
  const number = numberOf(message, 'number')
  if (number >= mostPieces) throw new RangeError(`piece ${number} is beyond any blob`)
  return { number, offset: numberOf(message, 'offset'), length: numberOf(message, 'length') }
}

const localTaskOf = (message: Message): LocalTask => ({
  contentLength: maybeNumberOf(message, 'content_length'),
  pieceLength: maybeNumberOf(message, 'piece_length'),
  isFinished: message['finished_at'] !== undefined,
})

function hostsOf(message: Message): readonly Host[] {
  const hosts: unknown = message['hosts'] ?? []
  return Array.isArray(hosts) ? hosts.map((host: unknown) => hostOf(asMessage(host))) : []
}

function hostOf(message: Message): Host {
  const network = asMessage(message['network'] ?? {})
  const disk = message['disk']
  return {
    type: numberOf(message, 'type'),
    hostname: textOf(message, 'hostname'),
    ip: textOf(message, 'ip'),
    port: numberOf(message, 'port'),
    proxyPort: numberOf(message, 'proxy_port'),
    location: textOf(network, 'location'),
    idc: textOf(network, 'idc'),
    version: textOf(asMessage(message['build'] ?? {}), 'git_version'),
    diskFree: disk === undefined ? null : numberOf(asMessage(disk), 'free'),
  }
}

function asMessage(value: unknown): Message {
  if (!isObject(value)) throw new RangeError('a message is not what it should be')
  return value
}

const textOf = (message: Message, name: string): string => {
  const value = message[name]
  return typeof value === 'string' ? value : ''
}

/** What is not on the wire is 0. */
const numberOf = (message: Message, name: string): number => maybeNumberOf(message, name) ?? 0

function maybeNumberOf(message: Message, name: string): number | null {
  const value = message[name]
  if (value === undefined) return null
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`${name} is no count that can be`)
  }
  return value
}
