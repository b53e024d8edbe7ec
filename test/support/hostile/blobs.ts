// Blobs whose bytes are too few, too many, others than promised, or never all there.

import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { documentOf, mediaTypes, type ImageOptions } from '../image.ts'
import {
  begun,
  drip,
  honest,
  imageAt,
  isBlob,
  pour,
  type Answer,
  type Ask,
  type Line,
  type Opened,
  type Stage,
} from './stage.ts'

/** What an honest registry would send of the blob that is asked for. */
type Right = Buffer

/** Each blob is answered so. */
const blobs =
  (answer: (right: Right, ask: Ask) => Answer, options: ImageOptions = {}) =>
  async (stage: Stage): Promise<Opened> => {
    const image = stage.image(options)
    const site = await stage.registry((ask) => {
      const whole = honest(image, { ...ask, headers: {} })
      const right = typeof whole === 'object' && Buffer.isBuffer(whole.body) ? whole.body : Buffer.alloc(0)
      return isBlob(ask) ? answer(right, ask) : undefined
    }, image)
    return { url: imageAt(site) }
  }

/** Where the asked range begins. */
const fromOf = ({ headers }: Ask): number => Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0)

/** Half of it at first; what comes after that is the line's. */
const thenRanges = (answer: (right: Right, from: number) => Answer) =>
  blobs((right, ask) => {
    const from = fromOf(ask)
    return from === 0 ? cut(right, Math.ceil(right.length / 2)) : answer(right, from)
  })

/** Breaks the connection after so many bytes of the whole. */
const cut = (right: Right, after: number): Answer =>
  begun({ 'content-length': right.length }, (response) => {
    response.write(right.subarray(0, after), () => response.destroy())
  })

const other = (right: Right): Buffer => Buffer.from(right.map((byte) => byte ^ 1))
const range = (first: number, last: number, total: number | '*') => ({
  'content-range': `bytes ${first}-${last}/${total}`,
})

const bytes: readonly Line[] = [
  {
    name: 'blobs that are cut at the half, always',
    ends: 'registry.broken-off',
    open: blobs((right) => cut(right, Math.ceil(right.length / 2))),
  },
  {
    name: 'blobs that are cut before their first byte',
    ends: 'registry.broken-off',
    open: blobs((right) => begun({ 'content-length': right.length }, (response) => response.destroy())),
  },
  {
    name: 'blobs that are shorter than their size',
    ends: 'registry.wrong-digest',
    open: blobs((right) => ({ body: right.subarray(1) })),
  },
  { name: 'blobs of nothing', ends: 'registry.wrong-digest', open: blobs(() => ({})) },
  {
    name: 'blobs that end early, without a length',
    ends: 'registry.broken-off',
    open: blobs((right) => begun({}, (response) => response.end(right.subarray(1)))),
  },
  {
    name: 'blobs that are longer than their size',
    ends: 'registry.wrong-digest',
    open: blobs((right) => ({ body: Buffer.concat([right, right]) })),
  },
  {
    name: 'blobs that are longer than their size, without a length',
    ends: 'registry.too-large',
    open: blobs((right) => begun({}, (response) => response.end(Buffer.concat([right, right])))),
  },
  {
    name: 'blobs without an end',
    ends: 'registry.too-large',
    open: blobs((right) => begun({}, (response) => pour(response, right))),
  },
  {
    name: 'blobs that are zeros without an end',
    ends: 'registry.too-large',
    open: blobs(() => begun({}, (response) => pour(response, Buffer.alloc(65_536)))),
  },
  {
    name: 'blobs of the right size with other bytes',
    ends: 'registry.wrong-digest',
    open: blobs((right) => ({ body: other(right) })),
  },
  {
    name: 'blobs packed with gzip, which was not asked for',
    ends: 'registry.wrong-digest',
    open: blobs((right) => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(right) })),
  },
  {
    name: 'blobs that are a bomb of gzip',
    ends: 'registry.wrong-digest',
    open: blobs(() => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(2 ** 24)) })),
  },
  {
    name: 'blobs that are cut after one more byte, again and again',
    ends: 'registry.broken-off',
    open: blobs((right, ask) => some(right, ask, 1)),
  },
  {
    name: 'blobs that are cut after 100 KiB more, again and again, and are whole in the end',
    ends: 'SUCCESS',
    open: blobs((right, ask) => some(right, ask, 100 * 1024), { layers: [500 * 1024] }),
  },
  {
    name: 'blobs that come just fast enough, and would take an hour',
    ends: 'job.deadline',
    open: async (stage) => {
      const drips = begun({}, (response) => drip(response, 'x'.repeat(8192)))
      const site = await stage.registry((ask) => (isBlob(ask) ? drips : undefined), stage.image({ layers: [2 ** 22] }))
      return { url: imageAt(site), args: { timeout: 5_000_000_000 } }
    },
  },
  {
    name: 'blobs that come to an end in spite of everything: cut at the half, then the rest',
    ends: 'SUCCESS',
    open: thenRanges((right, from) => ({
      status: 206,
      headers: range(from, right.length - 1, right.length),
      body: right.subarray(from),
    })),
  },
  ...[1, -1].map((more): Line => ({
    name: `a manifest that says ${more > 0 ? 'one byte more' : 'one byte less'} than the blob has`,
    ends: 'registry.wrong-digest',
    open: async (stage) => {
      const image = stage.image()
      const text = image.top.bytes.toString().replace('"size": 4096', `"size": ${4096 + more}`)
      const top = documentOf(mediaTypes.ociManifest, text)
      return { url: imageAt(await stage.registry(() => undefined, { ...image, top, documents: [top] })) }
    },
  })),
]

/** The next so many bytes, and then nothing. */
function some(right: Right, ask: Ask, count: number): Answer {
  const from = fromOf(ask)
  const headers = { ...range(from, right.length - 1, right.length), 'content-length': right.length - from }
  const send = (response: ServerResponse) => {
    response.write(right.subarray(from, from + count))
    setTimeout(() => response.destroy(), arrivesWithinMs)
  }
  return begun(headers, send, from === 0 ? 200 : 206)
}

/** What comes together with the end of its connection may be lost, and is then no progress. */
const arrivesWithinMs = 300

const ranges: readonly Line[] = [
  {
    name: '206 to who asked for all, from the middle on',
    ends: 'registry.invalid',
    open: blobs((right) => ({
      status: 206,
      headers: range(1, right.length - 1, right.length),
      body: right.subarray(1),
    })),
  },
  {
    name: '206 without saying of what',
    ends: 'registry.invalid',
    open: blobs((right) => ({ status: 206, body: right })),
  },
  {
    name: 'the rest begins elsewhere than asked',
    ends: 'registry.invalid',
    open: thenRanges((right, from) => ({
      status: 206,
      headers: range(from - 1, right.length - 1, right.length),
      body: right.subarray(from - 1),
    })),
  },
  {
    name: 'the rest is of another whole',
    ends: 'registry.wrong-digest',
    open: thenRanges((right, from) => ({
      status: 206,
      headers: range(from, right.length, right.length + 1),
      body: right.subarray(from),
    })),
  },
  {
    name: 'the rest is counted in lines',
    ends: 'registry.invalid',
    open: thenRanges((right, from) => ({
      status: 206,
      headers: { 'content-range': `lines ${from}-9/10` },
      body: right.subarray(from),
    })),
  },
  {
    name: 'the rest comes in parts',
    ends: 'registry.invalid',
    open: thenRanges(() => ({
      status: 206,
      headers: { 'content-type': 'multipart/byteranges; boundary=x' },
      body: '--x--',
    })),
  },
  {
    name: 'the rest is longer than there can be',
    ends: 'registry.too-large',
    open: thenRanges((right, from) =>
      begun(range(from, right.length - 1, right.length), (response) => pour(response, right), 206),
    ),
  },
  {
    name: 'the rest has other bytes',
    ends: 'registry.wrong-digest',
    open: blobs((right, ask) => {
      if (ask.before === 0) return cut(right, Math.ceil(right.length / 2))
      const from = fromOf(ask)
      const headers = range(from, right.length - 1, right.length)
      return from === 0 ? { body: other(right) } : { status: 206, headers, body: other(right.subarray(from)) }
    }),
  },
  {
    name: 'the rest is not satisfiable, and the whole is always cut',
    ends: 'registry.broken-off',
    open: thenRanges((right) => ({ status: 416, headers: { 'content-range': `bytes */${right.length}` } })),
  },
  { name: '416 to who asked for all', ends: 'registry.refused', open: blobs(() => ({ status: 416 })) },
]

const refusals: readonly Line[] = [
  { name: 'blobs that nobody has', ends: 'registry.not-found', open: blobs(() => ({ status: 404 })) },
  { name: 'blobs that nobody may have', ends: 'registry.denied', open: blobs(() => ({ status: 403 })) },
  { name: 'blobs that the law forbids', ends: 'registry.refused', open: blobs(() => ({ status: 451 })) },
  {
    name: '204 instead of a blob',
    ends: 'registry.invalid',
    open: blobs(() => ({ status: 204 })),
  },
  { name: 'blobs that fail with 500, always', ends: 'registry.busy', open: blobs(() => ({ status: 500 })) },
  {
    name: 'blobs for which one is to wait a year',
    ends: 'registry.busy',
    open: blobs(() => ({ status: 429, headers: { 'retry-after': '31536000' } })),
  },
  {
    name: 'blobs for which one is to wait longer than numbers go',
    ends: 'registry.busy',
    open: blobs(() => ({ status: 503, headers: { 'retry-after': '9'.repeat(400) } })),
  },
  ...['soon', '-1', '1e9', '0x10', 'Thu, 01 Jan 1970 00:00:00 GMT', 'Mon, 99 Foo 9999', ''].map((after): Line => ({
    name: `blobs for which one is to wait ${JSON.stringify(after)}`,
    ends: 'registry.busy',
    open: blobs(() => ({ status: 429, headers: { 'retry-after': after } })),
  })),
  {
    name: 'a manifest for which one is to wait a year',
    ends: 'registry.busy',
    open: async (stage) => ({
      url: imageAt(await stage.site(() => ({ status: 429, headers: { 'retry-after': '31536000' } }))),
    }),
  },
]

export const blobLines: readonly Line[] = [...bytes, ...ranges, ...refusals]
