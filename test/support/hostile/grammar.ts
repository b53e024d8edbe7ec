// Registries that do not speak HTTP, or TLS, as anybody should.

import { imageAt, type Line } from './stage.ts'
import { crlf, headOf, manifestAs, manifests, says } from './wire.ts'

const notHttp: readonly Line[] = [
  { name: 'HTTP/0.9, which has no headers', ends: 'registry.invalid', open: says('{"schemaVersion":2}') },
  { name: 'an answer of SSH', ends: 'registry.invalid', open: says(`SSH-2.0-OpenSSH_9.2p1${crlf}`) },
  { name: 'bytes without any sense', ends: 'registry.invalid', open: says('\0\xff\xfe\x01'.repeat(1000)) },
  {
    name: 'an alert of TLS where plain HTTP was spoken',
    ends: 'registry.tls',
    open: says('\x15\x03\x01\x00\x02\x02\x46'),
  },
  { name: 'a preface of HTTP/2', ends: 'registry.invalid', open: says('\x00\x00\x12\x04\x00\x00\x00\x00\x00') },
  { name: 'a version that nobody speaks', ends: 'registry.invalid', open: says(`HTTP/9.7 200 OK${crlf}${crlf}`) },
  { name: 'a status that is no number', ends: 'registry.invalid', open: says(`HTTP/1.1 abc OK${crlf}${crlf}`) },
  {
    name: 'a status of 999',
    ends: 'registry.busy',
    open: says(`HTTP/1.1 999 ?${crlf}Content-Length: 0${crlf}${crlf}`),
  },
  {
    name: 'a change to a protocol that nobody asked for',
    ends: 'registry.invalid',
    open: says(`HTTP/1.1 101 Switching Protocols${crlf}Connection: upgrade${crlf}Upgrade: websocket${crlf}${crlf}`),
  },
  {
    name: 'a header name with a NUL in it',
    ends: 'registry.invalid',
    open: says(headOf('X\0Y: 1', 'Content-Length: 0')),
  },
  {
    name: 'a header without a colon',
    ends: 'registry.invalid',
    open: says(headOf('no colon here', 'Content-Length: 0')),
  },
  {
    name: 'both Content-Length and Transfer-Encoding',
    ends: 'registry.invalid',
    open: says(`${headOf('Content-Length: 4', 'Transfer-Encoding: chunked')}2${crlf}{}${crlf}0${crlf}${crlf}`),
  },
  {
    name: 'two Content-Lengths that differ',
    ends: 'registry.invalid',
    open: says(`${headOf('Content-Length: 2', 'Content-Length: 3')}{} `),
  },
  { name: 'a Content-Length below zero', ends: 'registry.invalid', open: says(`${headOf('Content-Length: -5')}`) },
  {
    name: 'a Content-Length beyond all numbers',
    ends: 'registry.invalid',
    open: says(`${headOf(`Content-Length: ${'9'.repeat(40)}`)}`),
  },
  {
    name: 'a chunk whose size is no number',
    ends: 'registry.invalid',
    open: manifestAs((socket, _, headers) =>
      socket.write(`${headOf(...headers, 'Transfer-Encoding: chunked')}ZZ${crlf}{}`),
    ),
  },
  {
    name: 'a chunk whose size is beyond all numbers',
    ends: 'registry.invalid',
    open: manifestAs((socket, _, headers) =>
      socket.write(`${headOf(...headers, 'Transfer-Encoding: chunked')}${'F'.repeat(40)}${crlf}{}`),
    ),
  },
  {
    name: 'a chunk that is longer than its size',
    ends: 'registry.invalid',
    open: manifestAs((socket, _, headers) =>
      socket.write(`${headOf(...headers, 'Transfer-Encoding: chunked')}2${crlf}{"much":"more"}${crlf}0${crlf}${crlf}`),
    ),
  },
  {
    name: 'a Transfer-Encoding that nobody knows',
    ends: 'registry.invalid',
    open: manifestAs((socket, _, headers) => socket.end(`${headOf(...headers, 'Transfer-Encoding: gzip')}{}`)),
  },
  {
    name: '204 instead of a manifest',
    ends: 'registry.invalid',
    open: manifests({ status: 204 }),
  },
  { name: '205 instead of a manifest', ends: 'registry.invalid', open: manifests({ status: 205 }) },
  {
    name: '206 instead of a manifest',
    ends: 'registry.invalid',
    open: manifests({ status: 206, headers: { 'content-range': 'bytes 0-1/2' }, body: '{}' }),
  },
  {
    name: '304 though nobody has it',
    ends: 'registry.invalid',
    open: manifests({ status: 304 }),
  },
  {
    name: '407, as if it were a proxy',
    ends: 'registry.refused',
    open: manifests({ status: 407, headers: { 'proxy-authenticate': 'Basic realm="x"' } }),
  },
]

const badTls: readonly Line[] = [
  {
    name: 'plain HTTP on a port for TLS',
    ends: 'registry.tls',
    says: /plain HTTP/,
    open: async (stage) => ({ url: `https://${imageAt(await stage.registry(() => undefined))}` }),
  },
  {
    name: 'TLS on a port for plain HTTP',
    ends: 'registry.broken-off',
    open: async (stage) => ({
      url: `http://${(await stage.site(() => ({}), stage.certificate)).host}/v2/hostile/image/manifests/latest`,
    }),
  },
  {
    name: 'a certificate of an authority that nobody trusts',
    ends: 'registry.tls-unknown-authority',
    open: async (stage) => ({
      url: `https://${imageAt(await stage.site(() => ({}), stage.badCertificates.stranger))}`,
    }),
  },
  {
    name: 'a certificate of yesterday',
    ends: 'registry.tls-expired',
    open: async (stage) => ({ url: `https://${imageAt(await stage.site(() => ({}), stage.badCertificates.expired))}` }),
  },
  {
    name: 'a certificate of another host',
    ends: 'registry.tls-wrong-host',
    open: async (stage) => ({
      url: `https://${imageAt(await stage.site(() => ({}), stage.badCertificates.otherHost))}`,
    }),
  },
  {
    name: 'a handshake without any sense',
    ends: 'registry.tls',
    open: async (stage) => ({
      url: `https://${imageAt(await stage.sockets((socket) => socket.write('\x16\x03\x03\x00\x05hello')))}`,
    }),
  },
]

export const grammar: readonly Line[] = [...notHttp, ...badTls]
