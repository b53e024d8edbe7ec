// What a refusal of the Open API says field by field, and that other contracts say nothing of it.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { components } from '../../../openapi/open-api.ts'
import { startService, type TestService } from '../../support/service.ts'

type Refusal = components['schemas']['Refusal']

let service: TestService
before(async () => {
  service = await startService()
})
after(() => service.stop())

const image = { type: 'image', url: 'registry.example.com/library/app:1.0' }
const preheat = (args: object) => ({ type: 'preheat', args: { ...image, ...args } })
const jobs = '/oapi/v1/jobs'
const clusters = '/oapi/v1/clusters'
const tokens = '/oapi/v1/personal-access-tokens'
const mirrors = { name: 'n', driver: 'registry-mirror' }

const rows: readonly (readonly [method: string, path: string, body: unknown, fields: readonly string[]])[] = [
  ['POST', jobs, { type: 'preheat' }, ['args']],
  ['POST', jobs, { type: 'nothing', args: image }, ['type']],
  ['POST', jobs, preheat({ url: 7, percentage: 101 }), ['args.url', 'args.percentage']],
  ['POST', jobs, preheat({ headers: { 'X-A': ['s3cret'] } }), ['args.headers.X-A']],
  ['POST', jobs, preheat({ ips: ['10.0.0.1', 7] }), ['args.ips.1']],
  ['POST', jobs, preheat({ url: 'UPPER CASE' }), ['args.url']],
  ['POST', jobs, preheat({ piece_length: 1 }), ['args.piece_length']],
  ['POST', jobs, preheat({ type: 'file', url: '', urls: ['https://a.example/', 'x'] }), ['args.urls.1']],
  ['POST', '/oapi/v1/plans', { type: 'sync_peers' }, ['type']],
  ['GET', `${jobs}?page=x&per_page=-1`, undefined, ['page', 'per_page']],
  ['GET', `${jobs}/x`, undefined, ['id']],
  ['POST', clusters, { driver: 'x', name: 'n' }, ['driver']],
  ['POST', clusters, {}, ['name']],
  ['POST', clusters, { ...mirrors, settings: { peers: [{ address: 'x:1' }, {}] } }, ['settings.peers.1.address']],
  ['POST', clusters, { ...mirrors, settings: { dns: ['x'] } }, ['settings.dns.0']],
  ['POST', clusters, { ...mirrors, settings: { dns: 'x:1', pears: 1 } }, ['settings.pears']],
  ['POST', clusters, { ...mirrors, settings: {} }, ['settings']],
  ['PATCH', `${clusters}/1`, { settings: { dns: 'x:1' } }, ['settings']],
  ['POST', tokens, { expired_at: '2036-01-01T00:00:00Z', scopes: ['all'] }, ['name', 'scopes.0']],
  ['POST', tokens, { name: 'n', expired_at: 'x' }, ['expired_at']],
  ['POST', tokens, { name: 'n', expired_at: '2020-01-01T00:00:00Z' }, ['expired_at']],
]
for (const [method, path, body, fields] of rows) {
  test(`${method} ${path} ${JSON.stringify(body)} is refused for ${fields.join(' and ')}`, async () => {
    const { status, json, text } = await service.call(method, path, body)
    assert.equal(status, 422, text)
    const refusal = json as Refusal
    assert.deepEqual(refusal.fields?.map(({ field }) => field).toSorted(), fields.toSorted())
    for (const { message } of refusal.fields ?? []) {
      assert.match(message, /\.$/)
      assert.ok(refusal.message.includes(message.slice(0, -1)), message)
    }
    assert.equal(refusal.errors, refusal.message)
    assert.ok(!text.includes('s3cret'))
  })
}

test('where no field is wrong none is named', async () => {
  for (const body of ['{', '[]']) {
    const { status, json } = await service.call('POST', jobs, body)
    assert.equal(status, 422)
    assert.equal((json as Refusal).fields, undefined)
  }
  const conflict = await service.call('POST', clusters, { name: 'local' })
  assert.equal(conflict.status, 409)
  assert.equal((conflict.json as Refusal).fields, undefined)
})

test('other contracts answer as they did', async () => {
  const preheats = await service.call('POST', '/preheats', { type: 'image', url: 7 })
  assert.equal(preheats.status, 400)
  assert.deepEqual(
    Object.keys(Object(preheats.json) as object).filter((key) => key.startsWith('field')),
    [],
  )
})
