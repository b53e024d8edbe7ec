// The preheats contract on the whole service: what Harbor up to 2.11 and clients of Dragonfly 1.x live through.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { makeImage } from '../../support/image.ts'
import { startRegistry, type TestRegistry } from '../../support/registry.ts'
import { adminToken, startService, type Answered, type TestService } from '../../support/service.ts'

let service: TestService
let registry: TestRegistry
before(async () => {
  registry = await startRegistry()
  registry.push('library/app', makeImage(), '1.0')
  service = await startService({ WARMFRONT_PATH_PREFIXES: '/edge=1,/nowhere=77' })
})
after(async () => {
  await service.stop()
  await registry.close()
})

const endsWithinMs = 60_000
const manifest = (tag = '1.0'): string => `${registry.url}/v2/library/app/manifests/${tag}`
const unknownDigest = `sha256:${'a'.repeat(64)}`

interface Shown {
  readonly ID: string
  readonly id: string
  readonly status: string
  readonly startTime: string
  readonly finishTime: string | null
  readonly errorMsg: string
}

async function submitted(body: unknown, path = '/preheats'): Promise<string> {
  const { status, text, json } = await service.call('POST', path, body)
  assert.equal(status, 200, text)
  const { ID, id } = json as Shown
  assert.deepEqual(json, { ID, id: ID })
  assert.match(id, /^[1-9]\d*$/)
  return id
}

/** Polls as a client would, until the task is at its end or the answer is a refusal. */
async function ended(id: string, path = '/preheats'): Promise<Answered> {
  const until = AbortSignal.timeout(endsWithinMs)
  for (;;) {
    const answer = await service.call('GET', `${path}/${id}`)
    const { status } = answer.json as Shown
    if (answer.status !== 200 || (status !== 'WAITING' && status !== 'RUNNING')) return answer
    if (until.aborted) throw new Error(`task ${id} did not end:\n${service.output()}`)
    await pause(25)
  }
}

for (const below of ['', '/api/v1']) {
  test(`${below}/_ping answers anyone`, async () => {
    const { status, text } = await service.call('GET', `${below}/_ping`, undefined, {})
    assert.deepEqual([status, text], [200, '"OK"'])
  })

  test(`${below}/preheats: an image is warmed, seen in the list, and taken away`, async () => {
    const id = await submitted({ type: 'image', url: manifest(), headers: {} }, `${below}/preheats`)
    const { status, json } = await ended(id, `${below}/preheats`)
    const { startTime, finishTime, ...shown } = json as Shown
    assert.deepEqual([status, shown], [200, { ID: id, id, status: 'SUCCESS', errorMsg: '' }])
    for (const time of [startTime, finishTime]) assert.equal(new Date(time ?? '').toISOString(), time)

    const list = await service.call('GET', `${below}/preheats`)
    assert.deepEqual((list.json as readonly Shown[])[0], json)
    const removed = await service.call('DELETE', `${below}/preheats/${id}`)
    assert.deepEqual([removed.status, removed.text], [200, 'true'])
    const left = (await service.call('GET', `${below}/preheats`)).json as readonly Shown[]
    assert.equal(
      left.some((one) => one.id === id),
      false,
    )
    for (const method of ['GET', 'DELETE']) {
      assert.equal((await service.call(method, `${below}/preheats/${id}`)).status, 404)
    }
  })
}

test('preheats: the list comes in pages, newest first, with the addresses of the others', async () => {
  const ids: string[] = []
  for (let n = 0; n < 3; n++) ids.push(await submitted({ type: 'image', url: manifest() }))
  const page = async (query: string) => {
    const { json, headers } = await service.call('GET', `/preheats?${query}`)
    return { ids: (json as readonly Shown[]).map(({ id }) => id), link: headers.get('link') ?? '' }
  }
  assert.deepEqual((await page('')).ids.slice(0, 3), ids.toReversed())
  const second = await page('page=2&per_page=1')
  assert.deepEqual(second.ids, [ids[1]])
  assert.match(second.link, /<\/preheats\?page=1&per_page=1>;rel=prev,<\/preheats\?page=3&per_page=1>;rel=next,/)
  assert.equal((await service.call('GET', '/preheats?per_page=101')).status, 400)
})

test('preheats: a client of Dragonfly 1.x warms a file, with its own headers', async () => {
  registry.putFile('/tool.tgz', Buffer.from('the tool'))
  const headers = { 'X-Tool': ['a', 'b'] }
  const body = {
    Type: 'file',
    Url: `${registry.url}/tool.tgz?n=1`,
    Filter: 'n',
    Identifier: 'nightly',
    Headers: headers,
  }
  const { json } = await ended(await submitted(body))
  assert.equal((json as Shown).status, 'SUCCESS', JSON.stringify(json))
  assert.equal(registry.asked('/tool.tgz')[0]?.headers['x-tool'], 'a, b')
})

test('preheats: the same image asked for twice is two tasks, and never an answer that Harbor trips over', async () => {
  const body = { type: 'image', url: manifest(), image: 'library/app', tag: '1.0', digest: unknownDigest }
  const ids = [await submitted(body), await submitted(body)]
  assert.notEqual(ids[0], ids[1])
  for (const id of ids) assert.equal(((await ended(id)).json as Shown).status, 'SUCCESS')
})

test('preheats: a task that is taken away stops its work', async () => {
  const held = Promise.withResolvers<void>()
  registry.push('library/held', makeImage({ seed: 'held' }), '1.0')
  registry.fault({ path: /held\/blobs/, held: held.promise })
  const id = await submitted({ type: 'image', url: `${registry.host}/library/held:1.0` })
  const asked = () => registry.asked(/held\/blobs/)
  while (asked().length === 0) await new Promise(setImmediate)
  assert.equal((await service.call('DELETE', `/preheats/${id}`)).status, 200)
  while (!asked().every((request) => request.aborted)) await new Promise(setImmediate)
  held.resolve()
  assert.equal((await service.call('GET', `/preheats/${id}`)).status, 404)
})

test('preheats: a prefix that is bound to clusters speaks for them', async () => {
  const body = { type: 'image', url: manifest() }
  await submitted(body, '/edge/preheats')
  const { status, json } = await service.call('POST', '/nowhere/preheats', body)
  assert.equal(status, 400)
  assert.equal((json as { readonly cause: string }).cause, 'cluster.unknown')
})

test('preheats: a token in the path opens what is behind it', async () => {
  const call = (token: string) => service.call('GET', `/t/${token}/preheats`, undefined, {})
  assert.equal((await call(adminToken)).status, 200)
  assert.equal((await call('wf_wrong-0123456789abcdefghijklmnopqrstuvwxyz')).status, 401)
})

const image = { type: 'image', url: 'registry.example.com/library/app:1.0' }
const refusals: readonly {
  readonly method?: string
  readonly path?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly status: number
  readonly cause: string
  readonly says: RegExp
}[] = [
  { status: 400, cause: 'request.invalid', says: /type is missing/ },
  { body: '[]', status: 400, cause: 'request.invalid', says: /not a JSON object/ },
  { body: '{"type":', status: 400, cause: 'request.invalid', says: /not valid JSON/ },
  { body: '"eyJ0eXBlIjoiaW1hZ2UifQ=="', status: 400, cause: 'request.invalid', says: /not a JSON object/ },
  { body: { ...image, type: 'video' }, status: 400, cause: 'request.invalid', says: /"video"/ },
  { body: { ...image, url: 'UPPER CASE' }, status: 400, cause: 'reference.invalid', says: /UPPER CASE/ },
  { body: { type: 'file', url: 'ftp://a/b' }, status: 400, cause: 'request.invalid', says: /neither https nor http/ },
  { body: { ...image, url: 'x'.repeat(1024 * 1024) }, status: 413, cause: 'request.too-large', says: /larger than/ },
  { body: image, headers: {}, status: 401, cause: 'auth.missing', says: /needs a token/ },
  { method: 'PUT', body: image, status: 405, cause: 'request.wrong-method', says: /GET, HEAD|POST/ },
  { method: 'GET', path: '/preheats/987654321', status: 404, cause: 'request.not-found', says: /987654321/ },
  { method: 'GET', path: '/preheats/%7BtaskId%7D', status: 404, cause: 'request.not-found', says: /\{taskId\}/ },
  { method: 'DELETE', path: '/preheats/0', status: 404, cause: 'request.not-found', says: /"0"/ },
]
for (const { method = 'POST', path = '/preheats', body, headers, status, cause, says } of refusals) {
  test(`preheats: ${method} ${path} is refused with ${status}: ${says.source}`, async () => {
    const answer = await service.call(method, path, body, headers)
    assert.equal(answer.status, status, answer.text)
    const { message } = answer.json as { readonly message: string }
    assert.match(message, says)
    assert.deepEqual(answer.json, { message, msg: message, code: status, cause })
    assert.equal(answer.text.includes('\n'), false)
  })
}

test('preheats: a compressed body is refused', async () => {
  const headers = { authorization: `Bearer ${adminToken}`, 'content-encoding': 'gzip' }
  assert.equal((await service.call('POST', '/preheats', image, headers)).status, 415)
})
