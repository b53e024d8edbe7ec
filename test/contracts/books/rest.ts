// Plain REST clients: every operation of the Open API and of the older contracts, with what each is for.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Job } from '../../support/service.ts'
import type { Image } from '../harbor/client.ts'
import type { Stage } from '../stage.ts'
import { ends, startsWarming } from './waiting.ts'

export function rest(stage: () => Stage): void {
  test('REST: a job is planned, made, listed, noted, watched to its end, and deleted', async () => {
    const client = stage().rest()
    const body = preheat(stage().push('library/rest'))
    const plan = await client.ok<{ readonly tasks: number }>('POST', '/oapi/v1/plans', body)
    const { id } = await client.ok<Job>('POST', '/oapi/v1/jobs', body)
    const { text } = await client.call('GET', `/oapi/v1/jobs/${id}/events`)
    assert.match(text, /"state":"SUCCESS"[\s\S]*event: end\n/)
    const tasks = await client.ok<readonly { readonly state: string }[]>('GET', `/oapi/v1/jobs/${id}/tasks?per_page=50`)
    assert.deepEqual(
      tasks.map(({ state }) => state),
      Array.from({ length: plan.tasks }, () => 'warm'),
    )
    const map = await client.ok<{ readonly rows: readonly string[] }>('GET', `/oapi/v1/jobs/${id}/map`)
    assert.match(map.rows.join(''), new RegExp(`^[wh.]{${plan.tasks},}$`))
    assert.equal((await client.ok<Job>('PATCH', `/oapi/v1/jobs/${id}`, { bio: 'nightly' })).bio, 'nightly')
    assert.equal((await client.ok<Job>('GET', `/oapi/v1/jobs/${id}`)).state, 'SUCCESS')
    const listed = await client.ok<readonly Job[]>('GET', '/oapi/v1/jobs?state=SUCCESS&per_page=100')
    assert.ok(listed.some((job) => job.id === id && job.bio === 'nightly'))
    await client.ok('DELETE', `/oapi/v1/jobs/${id}`)
    assert.equal((await client.call('GET', `/oapi/v1/jobs/${id}`)).status, 404)
  })

  test('REST: a client learns who it is, what is installed, and how a peer is', async () => {
    const client = stage().rest()
    const { scopes } = await client.ok<{ readonly scopes: readonly string[] }>('GET', '/oapi/v1/whoami')
    assert.ok(scopes.includes('job'))
    const { contracts } = await client.ok<{ readonly contracts: readonly string[] }>('GET', '/oapi/v1/service')
    assert.ok(contracts.includes('open-api'))
    const [peer] = await client.ok<readonly { readonly id: string }[]>('GET', '/oapi/v1/clusters/1/peers')
    assert.ok(peer)
    const path = `/oapi/v1/clusters/1/peers/${encodeURIComponent(peer.id)}/check`
    const { health } = await client.ok<{ readonly health: { readonly state: string } }>('POST', path)
    assert.equal(health.state, 'up')
  })

  test('REST: a job that failed is retried under its id, and then succeeds', async () => {
    const client = stage().rest()
    const image = stage().imageOf('library/rest-late')
    const { id } = await client.ok<Job>('POST', '/oapi/v1/jobs', preheat(image))
    assert.equal((await stage().service.settled(id)).state, 'FAILURE')
    const { authorization } = stage().push('library/rest-late')
    await client.ok('POST', `/oapi/v1/jobs/${id}/retry`, { headers: { Authorization: authorization } })
    assert.equal((await stage().service.settled(id)).state, 'SUCCESS')
  })

  test('REST: a job that runs is cancelled', async () => {
    const client = stage().rest()
    const held = Promise.withResolvers<void>()
    stage().registry.fault({ path: /\/library\/rest-held\/blobs\//, held: held.promise })
    const { id } = await client.ok<Job>('POST', '/oapi/v1/jobs', preheat(stage().push('library/rest-held')))
    await startsWarming(stage().registry, 'library/rest-held')
    await client.ok('POST', `/oapi/v1/jobs/${id}/cancel`)
    held.resolve()
    assert.equal((await stage().service.settled(id)).phase, 'cancelled')
  })

  test('REST: a token is made for a Harbor, works, and is worth nothing once it is revoked', async () => {
    const client = stage().rest()
    const path = '/oapi/v1/personal-access-tokens'
    const expired_at = new Date(Date.now() + 3_600_000).toISOString()
    const asked = { name: 'harbor', scopes: ['job'], expired_at }
    const { id, token } = await client.ok<{ readonly id: number; readonly token: string }>('POST', path, asked)
    const auth = { mode: 'OAUTH', info: { token } } as const
    const harbor = stage().harbor('v2.15.2', 'dragonfly', { endpoint: stage().service.url, auth })
    assert.equal((await harbor.run(stage().push('library/rest-token'))).status, 'Success')
    assert.equal((await client.call('GET', path)).text.includes(token), false)
    assert.equal((await client.call('GET', `${path}/${id}`)).text.includes(token), false)
    await client.ok('PATCH', `${path}/${id}`, { state: 'inactive' })
    assert.equal((await harbor.health()).outcome, 'error')
    await client.ok('DELETE', `${path}/${id}`)
    assert.equal((await client.call('GET', `${path}/${id}`)).status, 404)
  })

  for (const before of ['', '/api/v1']) {
    test(`REST: a client of Dragonfly 1.x preheats at ${before}/preheats`, async () => {
      const client = stage().rest()
      await client.ok('GET', `${before}/_ping`)
      const name = `library/rest-preheats${before.replaceAll('/', '-')}`
      const { ID } = await client.ok<Preheat>('POST', `${before}/preheats`, older(stage().push(name)))
      const path = `${before}/preheats/${ID}`
      const isEnd = ({ status }: Preheat): boolean => status === 'SUCCESS' || status === 'FAIL'
      assert.equal((await ends(() => client.ok<Preheat>('GET', path), isEnd)).status, 'SUCCESS')
      const absent = await client.ok<Preheat>('POST', `${before}/preheats`, older(stage().imageOf(`${name}-absent`)))
      const failed = await ends(() => client.ok<Preheat>('GET', `${before}/preheats/${absent.ID}`), isEnd)
      assert.equal(failed.status, 'FAIL')
      assert.match(failed.errorMsg, new RegExp(`${name}-absent`))
      const listed = await client.ok<readonly Preheat[]>('GET', `${before}/preheats`)
      assert.ok(listed.some((preheat) => preheat.ID === ID))
      assert.equal(await client.ok('DELETE', path), true)
      assert.equal((await client.call('GET', path)).status, 404)
    })
  }

  test('REST: every health answers without a token', async () => {
    for (const path of ['/healthy', '/health', '/_ping', '/api/check']) {
      await stage().rest().ok('GET', path)
      assert.equal((await stage().service.call('GET', path, undefined, {})).status, 200)
    }
  })

  test('REST: one job is read through every contract', async () => {
    const { id } = await stage()
      .rest()
      .ok<Job>('POST', '/oapi/v1/jobs', preheat(stage().push('library/rest-one')))
    await stage().service.settled(id)
    const { status } = await stage().rest().ok<Preheat>('GET', `/preheats/${id}`)
    const { data } = await stage().rest().ok<{ readonly data: Preheat }>('GET', `/api/preheat/${id}`)
    assert.deepEqual([status, data.status], ['SUCCESS', 'SUCCESS'])
  })
}

interface Preheat {
  readonly ID: string
  readonly status: string
  readonly errorMsg: string
}

const preheat = ({ registry, repository, tag, authorization }: Image): object => ({
  type: 'preheat',
  args: {
    type: 'image',
    url: `${registry}/v2/${repository}/manifests/${tag}`,
    headers: { Authorization: authorization },
  },
})

const older = ({ registry, repository, tag, authorization }: Image): object => ({
  type: 'image',
  url: `${registry}/v2/${repository}/manifests/${tag}`,
  headers: { Authorization: authorization },
})
