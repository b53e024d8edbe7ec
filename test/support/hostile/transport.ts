// Registries that send too much, too slowly, or not to the end.

import type { Socket } from 'node:net'
import { begun, drip, imageAt, isBlob, pour, type Line } from './stage.ts'
import { crlf, headOf, manifestAs, manifests, raw, says } from './wire.ts'

const tooMuch: readonly Line[] = [
  {
    name: 'a manifest without an end',
    ends: 'registry.too-large',
    open: manifests(begun({}, (response) => pour(response, ' '.repeat(65_536)))),
  },
  {
    name: 'a manifest whose Content-Length is a petabyte',
    ends: 'registry.too-large',
    open: manifests(begun({ 'content-length': 2 ** 50 }, (response) => pour(response, ' '.repeat(65_536)))),
  },
  {
    name: 'headers without an end',
    ends: 'registry.too-large',
    open: raw((socket) => {
      socket.write(`HTTP/1.1 200 OK${crlf}`)
      pour(socket, `X-More: ${'x'.repeat(1000)}${crlf}`)
    }),
  },
  {
    name: 'one header without an end',
    ends: 'registry.too-large',
    open: raw((socket) => {
      socket.write(`HTTP/1.1 200 OK${crlf}X-More: `)
      pour(socket, 'x'.repeat(10_000))
    }),
  },
  {
    name: 'a header of 1 MiB',
    ends: 'registry.too-large',
    open: says(headOf(`X-Large: ${'x'.repeat(2 ** 20)}`, 'Content-Length: 0')),
  },
  {
    name: '20,000 small headers',
    ends: 'registry.too-large',
    open: says(headOf(...Array.from({ length: 20_000 }, () => 'a: b'), 'Content-Length: 0')),
  },
  {
    name: 'trailers without an end',
    ends: 'registry.too-large',
    open: manifestAs((socket, manifest, headers) => {
      socket.write(headOf(...headers, 'Transfer-Encoding: chunked'))
      socket.write(`${manifest.length.toString(16)}${crlf}${manifest.toString()}${crlf}0${crlf}`)
      pour(socket, `X-More: ${'x'.repeat(1000)}${crlf}`)
    }),
  },
  {
    name: 'a chunk extension without an end',
    ends: 'registry.broken-off',
    open: manifestAs((socket, _, headers) => {
      socket.write(`${headOf(...headers, 'Transfer-Encoding: chunked')}5;x=`)
      pour(socket, 'x'.repeat(10_000))
    }),
  },
  {
    name: 'early hints without an end',
    ends: 'registry.unreachable',
    open: raw((socket) => drip(socket, `HTTP/1.1 103 Early Hints${crlf}Link: </x>${crlf}${crlf}`, 20)),
  },
  {
    name: 'a flood of early hints',
    ends: 'registry.unreachable',
    open: raw((socket) => pour(socket, `HTTP/1.1 103 Early Hints${crlf}${crlf}`.repeat(100))),
  },
  {
    name: 'an answer behind more bytes than were announced',
    ends: 'SUCCESS',
    open: manifestAs((socket, manifest, headers) => {
      const head = headOf(...headers, `Content-Length: ${manifest.length}`)
      socket.write(Buffer.concat([Buffer.from(head), manifest, Buffer.from('and much more of the same')]))
    }),
  },
  {
    name: 'a second answer behind the first, which nobody asked for',
    ends: 'SUCCESS',
    open: manifestAs((socket, manifest, headers) => {
      const head = headOf(...headers, `Content-Length: ${manifest.length}`)
      const forged = `${headOf('Content-Length: 6')}forged`
      socket.write(Buffer.concat([Buffer.from(head), manifest, Buffer.from(forged)]))
    }),
  },
]

const tooSlow: readonly Line[] = [
  {
    name: 'silence where TLS should begin',
    ends: 'registry.unreachable',
    open: async (stage) => ({ url: `https://${imageAt(await stage.sockets(() => {}))}` }),
  },
  { name: 'silence once the request has come', ends: 'registry.unreachable', open: raw(() => {}) },
  { name: 'silence after the status line', ends: 'registry.unreachable', open: says(`HTTP/1.1 200 OK${crlf}`) },
  {
    name: 'silence after the headers',
    ends: 'registry.broken-off',
    open: manifests(begun({ 'content-length': 1000 }, () => {})),
  },
  {
    name: 'headers that drip',
    ends: 'registry.unreachable',
    open: raw((socket) => {
      socket.write(`HTTP/1.1 200 OK${crlf}`)
      drip(socket, `X-Slow: 1${crlf}`)
    }),
  },
  {
    name: 'a status line that drips',
    ends: 'registry.unreachable',
    open: raw((socket) => dripText(socket, `HTTP/1.1 200 ${'O'.repeat(1000)}`)),
  },
  {
    name: 'a manifest that drips',
    ends: 'registry.broken-off',
    open: manifests(begun({}, (response) => drip(response, ' '))),
  },
  {
    name: 'a manifest that drips just fast enough, without an end',
    ends: 'registry.broken-off',
    open: manifests(begun({}, (response) => drip(response, ' '.repeat(8192)))),
  },
  {
    name: 'a manifest in chunks that drip',
    ends: 'registry.broken-off',
    open: manifestAs((socket, _, headers) => {
      socket.write(headOf(...headers, 'Transfer-Encoding: chunked'))
      drip(socket, `1${crlf} ${crlf}`)
    }),
  },
  {
    name: 'a blob that drips',
    ends: 'registry.broken-off',
    open: async (stage) => {
      const image = stage.image({ layers: [2 ** 20] })
      const site = await stage.registry(
        (ask) => (isBlob(ask) ? begun({}, (response) => drip(response, 'x')) : undefined),
        image,
      )
      return { url: imageAt(site) }
    },
  },
  {
    name: 'a blob that stops after its headers',
    ends: 'registry.broken-off',
    open: async (stage) => ({
      url: imageAt(await stage.registry((ask) => (isBlob(ask) ? begun({}, () => {}) : undefined))),
    }),
  },
]

function dripText(socket: Socket, text: string): void {
  const letters = text[Symbol.iterator]()
  const timer = setInterval(() => socket.write(letters.next().value ?? 'x'), 50)
  socket.once('close', () => clearInterval(timer))
}

const brokenOff: readonly Line[] = [
  {
    name: 'a connection that is closed at once',
    ends: 'registry.broken-off',
    open: async (stage) => ({ url: imageAt(await stage.sockets((socket) => socket.destroy())) }),
  },
  {
    name: 'a connection that is reset at once',
    ends: 'registry.broken-off',
    open: async (stage) => ({ url: imageAt(await stage.sockets((socket) => socket.resetAndDestroy())) }),
  },
  {
    name: 'a connection that is reset where TLS should begin',
    ends: 'registry.broken-off',
    open: async (stage) => ({
      url: `https://${imageAt(await stage.sockets((socket) => socket.once('data', () => socket.resetAndDestroy())))}`,
    }),
  },
  {
    name: 'a connection that is half closed instead of an answer',
    ends: 'registry.broken-off',
    open: raw((socket) => socket.end()),
  },
  {
    name: 'a connection that is reset instead of an answer',
    ends: 'registry.broken-off',
    open: raw((socket) => socket.resetAndDestroy()),
  },
  {
    name: 'a connection that is half closed in the middle of the headers',
    ends: 'registry.broken-off',
    open: raw((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le')),
  },
  {
    name: 'a connection that is half closed in the middle of a manifest',
    ends: 'registry.broken-off',
    open: manifestAs((socket, manifest, headers) =>
      socket.end(
        Buffer.concat([
          Buffer.from(headOf(...headers, `Content-Length: ${manifest.length}`)),
          manifest.subarray(0, 99),
        ]),
      ),
    ),
  },
  {
    name: 'a connection that is half closed in the middle of a chunk',
    ends: 'registry.broken-off',
    open: manifestAs((socket, manifest, headers) =>
      socket.end(`${headOf(...headers, 'Transfer-Encoding: chunked')}fff${crlf}${manifest.subarray(0, 99).toString()}`),
    ),
  },
  {
    name: 'a connection that is reset in the middle of a manifest',
    ends: 'registry.broken-off',
    open: manifestAs(
      (socket, manifest, headers) =>
        void socket.write(headOf(...headers, `Content-Length: ${manifest.length}`), () => socket.resetAndDestroy()),
    ),
  },
  {
    name: 'a manifest without a length that ends with its connection',
    ends: 'SUCCESS',
    open: manifestAs((socket, manifest, headers) =>
      socket.end(Buffer.concat([Buffer.from(headOf(...headers, 'Connection: close')), manifest])),
    ),
  },
  {
    name: 'a manifest without a length whose connection ends in the middle',
    ends: 'registry.invalid',
    open: manifestAs((socket, manifest, headers) =>
      socket.end(Buffer.concat([Buffer.from(headOf(...headers, 'Connection: close')), manifest.subarray(0, 99)])),
    ),
  },
]

export const transport: readonly Line[] = [...tooMuch, ...tooSlow, ...brokenOff]
