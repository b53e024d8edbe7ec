// Files by URL: found with HEAD or without, many in one job, and shown without what signs them.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { bytesOf } from '../../support/image.ts'
import { asNamed, Collected, fileRequest, makeOrigins, sha256Of, testSignal } from '../../support/origins.ts'
import { startRegistry, type RegistryOptions } from '../../support/registry.ts'

const bytes = bytesOf(200_000, 'file')
const sha256 = `sha256:${createHash('sha256').update(bytes).digest('hex')}`

async function bench(t: TestContext, options: RegistryOptions = {}) {
  const server = await startRegistry(options)
  server.putFile('/model.bin', bytes, 'application/x-model')
  const { origins, http } = makeOrigins()
  t.after(async () => {
    await http.close()
    await server.close()
  })
  return { server, origins, url: `${server.url}/model.bin` }
}

test('a file is one blob with its size, read whole and by range', async (t) => {
  const { origins, url } = await bench(t)
  const { artifact, origin } = await origins.resolve(fileRequest([url, url]), {}, asNamed, testSignal())
  assert.deepEqual(artifact, {
    image: null,
    platforms: [],
    warnings: [],
    blobs: [{ kind: 'file', digest: null, size: bytes.length, mediaType: 'application/x-model', url }],
  })
  const [file] = artifact.blobs
  assert.ok(file)
  assert.equal(await sha256Of(origin, file), sha256)
  const sink = new Collected()
  await origin.read(file, 100, sink, testSignal())
  assert.deepEqual(sink.begun, [[100, bytes.length]])
  assert.ok(sink.bytes.equals(bytes.subarray(100)))
})

/** How HEAD and the GET for one byte are answered, and the size that is known then. */
const answers = [
  ['HEAD is forbidden', { method: 'HEAD', status: 403 }, {}, bytes.length],
  [
    'HEAD is forbidden and ranges are ignored',
    { method: 'HEAD', status: 405 },
    { method: 'GET', ignoreRange: true },
    bytes.length,
  ],
  ['HEAD says no length', { method: 'HEAD', headers: { 'content-length': null } }, {}, null],
  [
    'the range says no total',
    { method: 'HEAD', status: 403 },
    { method: 'GET', status: 206, headers: { 'content-range': 'bytes 0-0/*' }, body: 'x' },
    null,
  ],
  [
    'the file is empty',
    { method: 'HEAD', status: 403 },
    { method: 'GET', status: 416, headers: { 'content-range': 'bytes */0' } },
    0,
  ],
] as const
for (const [name, head, get, size] of answers) {
  test(`where ${name} the size is ${size}`, async (t) => {
    const { server, origins, url } = await bench(t)
    server.fault({ path: '/model.bin', ...head })
    if ('method' in get) server.fault({ path: '/model.bin', ...get })
    const { artifact } = await origins.resolve(fileRequest([url]), {}, asNamed, testSignal())
    assert.equal(artifact.blobs[0]?.size, size)
  })
}

test('a file that is not there ends the job with its address', async (t) => {
  const { origins, server, url } = await bench(t)
  const request = fileRequest([url, `${server.url}/gone.bin?signature=abc`])
  await assert.rejects(origins.resolve(request, {}, asNamed, testSignal()), (error: Error) => {
    assert.ok('code' in error && error.code === 'registry.not-found')
    assert.match(error.message, /gone\.bin/)
    assert.ok(!error.message.includes('abc'))
    return true
  })
})

test('signed addresses are shown without their signatures, and told apart', async (t) => {
  const { origins, server, url } = await bench(t)
  const urls = [`${url}?signature=one`, `${url}?signature=two`]
  const request = fileRequest([`${url}?signature=***`])
  const { artifact, origin } = await origins.resolve(request, { urls }, asNamed, testSignal())
  assert.deepEqual(
    artifact.blobs.map((blob) => blob.url),
    [`${url}?signature=***`, `${url}?signature=***#2`],
  )
  for (const blob of artifact.blobs) assert.equal(await sha256Of(origin, blob), sha256)
  assert.deepEqual(
    server.asked('/model.bin', 'GET').map(({ query }) => query['signature']),
    ['one', 'two'],
  )
})

test("the client's headers go to the file's server, and not where it redirects to", async (t) => {
  const away = await startRegistry({ refuseAuthorization: true })
  t.after(() => away.close())
  away.putFile('/stored', bytes)
  const { server, origins, url } = await bench(t)
  server.fault({ path: '/model.bin', status: 302, headers: { location: `${away.url}/stored` } })
  const secrets = { headers: { Authorization: 'Bearer x', 'X-Acme': '1' } }
  const { artifact, origin } = await origins.resolve(fileRequest([url]), secrets, asNamed, testSignal())
  const [file] = artifact.blobs
  assert.ok(file)
  assert.equal(await sha256Of(origin, file), sha256)
  assert.deepEqual(
    server.requests.map(({ headers }) => [headers.authorization, headers['x-acme']]),
    [
      ['Bearer x', '1'],
      ['Bearer x', '1'],
    ],
  )
  assert.deepEqual(new Set(away.requests.map(({ headers }) => headers['x-acme'])), new Set([undefined]))
})

test('user name and password answer a Basic challenge', async (t) => {
  const { server, origins, url } = await bench(t)
  server.fault({ path: '/model.bin', status: 401, headers: { 'www-authenticate': 'Basic realm="files"' }, times: 1 })
  const request = fileRequest([url], { username: 'ann' })
  await origins.resolve(request, { password: 'secret' }, asNamed, testSignal())
  assert.match(server.requests[1]?.headers.authorization ?? '', /^Basic /)
})

const refused = ['ftp://127.0.0.1/x', 'file:///etc/passwd', 'not a url', 'http://u:p@127.0.0.1/x', '']
for (const url of refused) {
  test(`${JSON.stringify(url)} is refused`, async (t) => {
    const { origins } = await bench(t)
    await assert.rejects(origins.resolve(fileRequest([url]), {}, asNamed, testSignal()), { code: 'request.invalid' })
  })
}

test('addresses that differ only in filtered parameters are one file, and the first is asked for', async (t) => {
  const { server, origins, url } = await bench(t)
  const urls = [`${url}?token=1&x=1`, `${url}?x=1&token=2`, `${url}?x=2`]
  const request = fileRequest(urls, { filteredQueryParams: ['token'] })
  const { artifact } = await origins.resolve(request, {}, asNamed, testSignal())
  assert.deepEqual(
    artifact.blobs.map(({ url: shown }) => shown),
    [`${url}?token=***&x=1`, `${url}?x=2`],
  )
  assert.deepEqual(new Set(server.requests.map(({ query }) => query['token'])), new Set(['1', undefined]))
})

test('three signed addresses of one path are told apart by a number', async (t) => {
  const { origins, url } = await bench(t)
  const urls = ['a', 'b', 'c'].map((signature) => `${url}?signature=${signature}`)
  const { artifact } = await origins.resolve(fileRequest(urls), {}, asNamed, testSignal())
  const shown = `${url}?signature=***`
  assert.deepEqual(
    artifact.blobs.map((blob) => blob.url),
    [shown, `${shown}#2`, `${shown}#3`],
  )
})

test('a file without a media type is just bytes', async (t) => {
  const { server, origins, url } = await bench(t)
  server.fault({ path: '/model.bin', headers: { 'content-type': null } })
  const { artifact } = await origins.resolve(fileRequest([url]), {}, asNamed, testSignal())
  assert.equal(artifact.blobs[0]?.mediaType, 'application/octet-stream')
})

test('a range without a range is no size', async (t) => {
  const { server, origins, url } = await bench(t)
  server.fault({ path: '/model.bin', method: 'HEAD', status: 403 })
  server.fault({ path: '/model.bin', status: 206, headers: { 'content-range': null }, body: 'x' })
  const { artifact } = await origins.resolve(fileRequest([url]), {}, asNamed, testSignal())
  assert.equal(artifact.blobs[0]?.size, null)
})
