// A name server on the loopback interface that speaks as much of RFC 1035 and RFC 2782 as A, AAAA and SRV need.

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import type { TestContext } from 'node:test'

export interface Zone {
  readonly a?: readonly string[]
  /** 'error': the server fails, as some do for this type alone. */
  readonly aaaa?: readonly string[] | 'error'
  readonly srv?: readonly { readonly name: string; readonly port: number }[]
}

const types = { a: 1, aaaa: 28, srv: 33 } as const
const codes = { ok: 0, serverFailure: 2, noSuchName: 3 } as const

/** `zones` by name, as they are when a question comes; `asked` counts the questions. Closed with the test. */
export async function dnsServer(t: TestContext, zones: Map<string, Zone>) {
  const socket = createSocket('udp4')
  const seen = { asked: 0 }
  socket.on('message', (query, from) => {
    seen.asked++
    socket.send(answerTo(query, zones), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.after(() => socket.close())
  return { server: `127.0.0.1:${socket.address().port}`, seen }
}

function answerTo(query: Buffer, zones: ReadonlyMap<string, Zone>): Buffer {
  const { name, end } = readName(query, 12)
  const type = query.readUInt16BE(end)
  const zone = zones.get(name.toLowerCase())
  const failed = type === types.aaaa && zone?.aaaa === 'error'
  const records = failed ? [] : recordsOf(zone ?? {}, type)
  const header = Buffer.alloc(12)
  query.copy(header, 0, 0, 2)
  header.writeUInt16BE(0x8580 | (failed ? codes.serverFailure : zone === undefined ? codes.noSuchName : codes.ok), 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(records.length, 6)
  return Buffer.concat([header, query.subarray(12, end + 4), ...records.map((data) => recordOf(type, data))])
}

function recordsOf({ a = [], aaaa = [], srv = [] }: Zone, type: number): readonly Buffer[] {
  if (type === types.a) return a.map((address) => Buffer.from(address.split('.').map(Number)))
  if (type === types.aaaa && aaaa !== 'error') return aaaa.map(bytesOf6)
  if (type === types.srv) return srv.map(({ name, port }) => Buffer.concat([uint16(0, 0, port), writeName(name)]))
  return []
}

/** The name is that of the question, which a pointer says; it lives for no time at all. */
const recordOf = (type: number, data: Buffer): Buffer =>
  Buffer.concat([uint16(0xc00c, type, 1, 0, 0, data.length), data])

function bytesOf6(address: string): Buffer {
  if (!isIPv6(address)) throw new RangeError(`no IPv6 address: ${address}`)
  const [head = '', tail = ''] = address.split('::')
  const groups = (text: string) => text.split(':').filter((group) => group !== '')
  const zeros = Array.from({ length: 8 - groups(head).length - groups(tail).length }, () => '0')
  return uint16(...[...groups(head), ...zeros, ...groups(tail)].map((group) => Number.parseInt(group, 16)))
}

function readName(query: Buffer, from: number): { readonly name: string; readonly end: number } {
  const labels: string[] = []
  let at = from
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('ascii', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.'), end: at + 1 }
}

const writeName = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split('.')
      .filter((label) => label !== '')
      .map((label) => Buffer.from(`\0${label}`))
      .map(withLength),
    Buffer.alloc(1),
  ])

function withLength(label: Buffer): Buffer {
  label[0] = label.length - 1
  return label
}

function uint16(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * numbers.length)
  for (const [n, number] of numbers.entries()) bytes.writeUInt16BE(number, 2 * n)
  return bytes
}
