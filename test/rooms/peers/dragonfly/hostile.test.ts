// Peers that are no dfdaemons, or none that anybody should believe.

import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { Metadata, Server, ServerCredentials, status, type ServerWritableStream } from '@grpc/grpc-js'
import type { Peer } from '../../../../src/model/peer.ts'
import { warm } from '../../../conformance/peer-driver.cases.ts'
import { bind, portOf } from '../../../support/dragonfly/port.ts'
import { serviceOf, uploadService } from '../../../support/dragonfly/services.ts'
import { HttpOrigin } from '../local-bench.ts'
import { makeBench } from './bench.ts'

type Stream = ServerWritableStream<{ readonly interested_piece_numbers: readonly number[] }, object>

/** Answers downloads and questions about pieces as it likes. */
async function stranger(t: TestContext, download: (call: Stream) => void, pieces: (call: Stream) => void = end) {
  const server = new Server()
  server.addService(serviceOf(uploadService), {
    DownloadTask: download,
    SyncPieces: pieces,
    StatLocalTask: (_: unknown, done: (error: object) => void) => done({ code: status.NOT_FOUND, details: '' }),
    DeleteTask: (_: unknown, done: (error: object) => void) => done({ code: status.NOT_FOUND, details: '' }),
  })
  const port = await bind(server, '127.0.0.1:0', ServerCredentials.createInsecure())
  t.after(() => server.forceShutdown())
  return asked(t, port)
}

/** Warms a blob of 1,000 bytes there; progress is what it told. */
async function asked(t: TestContext, port: number) {
  const bench = await makeBench({ settings: { task_id: 'blob-digest' }, rpcTimeoutMs: 500 })
  t.after(() => bench.close())
  const address = `127.0.0.1:${port}`
  const peer: Peer = {
    id: address,
    clusterId: 7,
    hostname: 'h',
    ip: '',
    address,
    location: '',
    seed: false,
    ordinary: true,
  }
  const told: number[] = []
  const { driver, image } = bench
  const progress = (bytes: number) => told.push(bytes)
  const warming = () => warm({ driver, image, peer, origin: new HttpOrigin() }, bench.layer(1000), { progress })
  return { warming, told }
}

const end = (call: Stream) => void call.end()
const pieceOf = (piece: object) => ({ download_piece_finished_response: { piece } })

test('pieces that are told again, or are longer than the blob, do not add to the progress', async (t) => {
  const { warming, told } = await stranger(t, (call) => {
    call.write({ download_task_started_response: { content_length: 1000 } })
    for (let n = 0; n < 50; n++) call.write(pieceOf({ number: n % 2, length: 900, traffic_type: 'REMOTE_PEER' }))
    call.end()
  })
  await assert.rejects(warming(), { code: 'peer.not-cached' })
  assert.deepEqual(told, [900, 1000, 900, 1000])
})

test('numbers that no blob has are no answer', async (t) => {
  const { warming } = await stranger(t, (call) => {
    call.write(pieceOf({ number: 4_000_000_000, length: 1 }))
    call.end()
  })
  await assert.rejects(warming(), { code: 'peer.broken' })
})

test('a length that no blob has is no answer', async (t) => {
  const { warming } = await stranger(t, (call) => {
    call.write({ download_task_started_response: { content_length: '18446744073709551615' } })
    call.end()
  })
  await assert.rejects(warming(), { code: 'peer.broken' })
})

test('an answer that is larger than any is not read', async (t) => {
  const { warming } = await stranger(t, (call) => {
    call.write({ task_id: 'x'.repeat(40 * 1024 * 1024) })
    call.end()
  })
  await assert.rejects(warming(), { code: 'peer.broken' })
})

test('pieces without an end are not waited for', async (t) => {
  const { warming } = await stranger(t, end, (call) => {
    const pour = () => {
      while (!call.cancelled && call.write({ number: 1, offset: 5, length: 1 }));
    }
    call.on('drain', pour)
    pour()
  })
  await assert.rejects(warming(), { code: 'peer.not-cached' })
})

test('words of a peer are cut, and lose their credentials and line breaks', async (t) => {
  const metadata = new Metadata()
  metadata.set('grpc-status-details-bin', Buffer.from('{"message": 7'))
  const details = `Bearer abcdefghijklmnop\n${'x'.repeat(5_000)}`
  const { warming } = await stranger(t, (call) => void call.emit('error', { code: status.UNKNOWN, details, metadata }))
  await assert.rejects(warming(), (error) => {
    const { code, message } = Object(error)
    assert.equal(code, 'peer.broken')
    assert.ok(message.length < 500)
    assert.doesNotMatch(message, /abcdefghij|\n/)
    return true
  })
})

test('a server that speaks something else, or nothing, is a typed cause', async (t) => {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.end('SSH-2.0-OpenSSH_9.2\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => void server.close())
  const { warming } = await asked(t, portOf(server))
  await assert.rejects(warming(), (error) => /^peer\.(unreachable|broken|misconfigured)$/.test(Object(error).code))
})
