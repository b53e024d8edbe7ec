// A client that is generated from the document, as anyone would make one: it compiles, and it does the main job.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import createClient from 'openapi-fetch'
import type { paths } from '../../support/openapi-client.schema.ts'
import { makeImage } from '../../support/image.ts'
import { startRegistry, type TestRegistry } from '../../support/registry.ts'
import { adminToken, startService, type TestService } from '../../support/service.ts'

const clientFor = (baseUrl: string, token: string) =>
  createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } })

let registry: TestRegistry
let service: TestService
let client: ReturnType<typeof clientFor>
before(async () => {
  registry = await startRegistry()
  registry.push('library/app', makeImage({ layers: [1000, 2000], platforms: ['linux/amd64'] }), '1.0')
  service = await startService()
  client = clientFor(service.url, adminToken)
})
after(async () => {
  await service.stop()
  await registry.close()
})

test('a generated client creates a job and polls it to its end', async () => {
  const created = await client.POST('/oapi/v1/jobs', {
    body: { type: 'preheat', args: { type: 'image', url: `${registry.host}/library/app:1.0` } },
  })
  assert.ok(created.data !== undefined, created.error?.message)
  // Other types of jobs are answered at once, in shapes of their own.
  assert.ok(typeof created.data === 'object' && 'state' in created.data)
  assert.equal(created.data.state, 'PENDING')
  const { id } = created.data
  const until = AbortSignal.timeout(60_000)
  let state: 'PENDING' | 'SUCCESS' | 'FAILURE' = created.data.state
  while (state === 'PENDING') {
    assert.equal(until.aborted, false, 'the job did not end')
    await pause(25)
    const polled = await client.GET('/oapi/v1/jobs/{id}', { params: { path: { id } } })
    assert.ok(polled.data !== undefined, polled.error?.message)
    state = polled.data.state
  }
  assert.equal(state, 'SUCCESS')

  const legacy = await client.GET('/api/preheat/{taskId}', { params: { path: { taskId: String(id) } } })
  assert.deepEqual(legacy.data, { code: 200, data: { taskId: String(id), status: 'SUCCESS' } })
})

test('a generated client lists jobs, by state', async () => {
  const listed = await client.GET('/oapi/v1/jobs', { params: { query: { state: 'SUCCESS', per_page: 5 } } })
  assert.ok(listed.data !== undefined, listed.error?.message)
  assert.deepEqual(
    listed.data.map(({ state, phase }) => [state, phase]),
    [['SUCCESS', 'succeeded']],
  )
})

test('a generated client makes a token, calls with it, and takes it away', async () => {
  const made = await client.POST('/oapi/v1/personal-access-tokens', {
    body: { name: 'generated', scopes: ['job:read'], expired_at: new Date(Date.now() + 3_600_000).toISOString() },
  })
  assert.ok(made.data !== undefined, made.error?.message)
  const { id, token } = made.data
  const reader = clientFor(service.url, token)
  assert.equal((await reader.GET('/oapi/v1/jobs')).response.status, 200)
  const denied = await reader.POST('/oapi/v1/jobs', { body: { type: 'preheat', args: { type: 'image', url: 'a:1' } } })
  assert.equal(denied.error?.code, 'auth.denied')

  const shown = await client.GET('/oapi/v1/personal-access-tokens/{id}', { params: { path: { id } } })
  assert.deepEqual([shown.data?.name, shown.data?.scopes, shown.data?.token], ['generated', ['job:read'], ''])
  const path = { id }
  await client.PATCH('/oapi/v1/personal-access-tokens/{id}', { params: { path }, body: { state: 'inactive' } })
  assert.equal((await reader.GET('/oapi/v1/jobs')).response.status, 401)
  const gone = await client.DELETE('/oapi/v1/personal-access-tokens/{id}', { params: { path } })
  assert.equal(gone.response.status, 200)
})

test('a generated client makes a cluster, sees its peers, changes it and takes it away', async () => {
  const made = await client.POST('/oapi/v1/clusters', { body: { name: 'edge', bio: 'north' } })
  assert.ok(made.data !== undefined, made.error?.message)
  const path = { id: made.data.id }
  const changed = await client.PATCH('/oapi/v1/clusters/{id}', { params: { path }, body: { bio: 'south' } })
  assert.equal(changed.data?.bio, 'south')
  const peers = await client.GET('/oapi/v1/clusters/{id}/peers', { params: { path } })
  assert.equal(peers.data?.[0]?.cluster_id, path.id)
  const listed = await client.GET('/oapi/v1/clusters')
  assert.deepEqual(
    listed.data?.map(({ name }) => name),
    ['local', 'edge'],
  )
  assert.equal((await client.DELETE('/oapi/v1/clusters/{id}', { params: { path } })).response.status, 200)
  assert.equal((await client.GET('/oapi/v1/clusters/{id}', { params: { path } })).error?.code, 'request.not-found')
})

test('a generated client learns why it was refused', async () => {
  const refused = await clientFor(service.url, 'wf_wrong').GET('/oapi/v1/jobs')
  assert.equal(refused.response.status, 401)
  assert.equal(refused.error?.code, 'auth.missing')
})
