// A Harbor up to 2.11 shows its user the body of a refusal and nothing else: that is where its reasons must be.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { makeImage } from '../../support/image.ts'
import { startRegistry, type TestRegistry } from '../../support/registry.ts'
import { startService, type Answered, type TestService } from '../../support/service.ts'

const image = makeImage()
let service: TestService
let registry: TestRegistry
before(async () => {
  registry = await startRegistry({ auth: { kind: 'basic', users: { u: 'right' } } })
  registry.push('library/app', image, '1.0')
  service = await startService()
})
after(async () => {
  await service.stop()
  await registry.close()
})

const endsWithinMs = 60_000
const basic = (password: string) => ({ Authorization: `Basic ${Buffer.from(`u:${password}`).toString('base64')}` })

interface Named {
  readonly url?: string
  readonly tag?: string
  readonly digest?: string
  readonly password?: string
}

/** As Harbor writes it. */
function harborBody({ url = registry.url, tag = '1.0', digest = image.top.digest, password = 'right' }: Named = {}) {
  const address = `${url}/v2/library/app/manifests/${tag}`
  return { type: 'image', url: address, headers: basic(password), image: 'library/app', tag, digest }
}

interface Lost {
  readonly message: string
  readonly code: number
  readonly cause: string
  readonly ID: string
  readonly id: string
  readonly status: string
  readonly errorMsg: string
}

async function submitted(at: TestService, body: unknown): Promise<string> {
  const { status, text, json } = await at.call('POST', '/preheats', body)
  assert.equal(status, 200, text)
  return (json as Lost).ID
}

async function ended(at: TestService, id: string): Promise<Answered> {
  const until = AbortSignal.timeout(endsWithinMs)
  for (;;) {
    const answer = await at.call('GET', `/preheats/${id}`)
    const { status } = answer.json as Lost
    if (answer.status !== 200 || (status !== 'WAITING' && status !== 'RUNNING')) return answer
    if (until.aborted) throw new Error(`task ${id} did not end:\n${at.output()}`)
    await pause(25)
  }
}

/** What a Harbor would show, held against what every other client of the same task gets. */
async function lost(at: TestService, id: string): Promise<Lost> {
  const { status, text, json } = await ended(at, id)
  assert.equal(status, 424, text)
  assert.equal(text.includes('\n'), false)
  const shown = json as Lost
  assert.deepEqual([shown.code, shown.ID, shown.id, shown.status], [424, id, id, 'FAIL'])
  assert.equal(text.split(JSON.stringify(shown.message)).length, 2, 'the reason is there once')
  const supernode = await at.call('GET', `/api/preheat/${id}`)
  assert.deepEqual(supernode.json, { code: 200, data: { taskId: id, status: 'FAIL' }, msg: shown.message })
  const job = await at.job(Number(id))
  assert.equal(job.state, 'FAILURE')
  assert.equal(job.error?.code, shown.cause)
  const list = (await at.call('GET', '/preheats')).json as readonly Lost[]
  assert.equal(list.find((one) => one.id === id)?.errorMsg, shown.message)
  return shown
}

test("Harbor's user reads that the registry cannot be reached", async () => {
  const gone = await startRegistry()
  await gone.close()
  const { cause, message } = await lost(service, await submitted(service, harborBody({ url: gone.url })))
  assert.equal(cause, 'registry.unreachable')
  assert.ok(message.includes(gone.host), message)
})

test("Harbor's user reads that the credential is not taken, and does not read the credential", async () => {
  const { cause, message } = await lost(service, await submitted(service, harborBody({ password: 'wr0ng-passw0rd' })))
  assert.equal(cause, 'registry.denied')
  assert.ok(message.includes(registry.host), message)
  assert.equal(service.output().includes('wr0ng-passw0rd'), false)
})

test("Harbor's user reads that there is no such tag", async () => {
  const { cause, message } = await lost(service, await submitted(service, harborBody({ tag: '2.0' })))
  assert.equal(cause, 'registry.not-found')
  assert.match(message, /library\/app/)
})

test("Harbor's user reads that somebody cancelled the task", async (t) => {
  const held = Promise.withResolvers<void>()
  const slow = await startRegistry()
  t.after(() => slow.close())
  slow.push('library/app', image, '1.0')
  slow.fault({ path: /manifests/, held: held.promise })
  const id = await submitted(service, harborBody({ url: slow.url }))
  assert.equal((await service.call('POST', `/oapi/v1/jobs/${id}/cancel`)).status, 200)
  assert.equal((await lost(service, id)).cause, 'job.cancelled')
  held.resolve()
})

test("Harbor's user reads that the task took too long, and how far it was", async (t) => {
  const held = Promise.withResolvers<void>()
  const slow = await startRegistry()
  t.after(() => slow.close())
  slow.push('library/app', makeImage({ seed: 'slow' }), '1.0')
  slow.fault({ path: /blobs/, held: held.promise })
  const hasty = await startService({ WARMFRONT_JOB_TIMEOUT: '2s' })
  t.after(() => hasty.stop())
  const { cause, message } = await lost(hasty, await submitted(hasty, harborBody({ url: slow.url })))
  assert.equal(cause, 'job.deadline')
  assert.match(message, /\d of \d tasks were done/)
  held.resolve()
})

test('other clients get the same end as a plain answer', async () => {
  const { digest: _digest, ...body } = harborBody({ tag: '2.0' })
  const { status, json } = await ended(service, await submitted(service, body))
  const { status: word, errorMsg } = json as Lost
  assert.deepEqual([status, word], [200, 'FAIL'])
  assert.match(errorMsg, /library\/app/)
})

test("words of a registry's that would lead Harbor to another task are broken up", async (t) => {
  const words = 'preheat task already exists, id:'
  const sly = await startRegistry()
  t.after(() => sly.close())
  const errors = [{ code: 'PROJECTPOLICYVIOLATION', message: `${words}1"}` }]
  sly.fault({ path: /manifests/, status: 412, body: JSON.stringify({ errors }) })
  for (const body of [harborBody({ url: sly.url }), { ...harborBody({ url: sly.url }), digest: '' }]) {
    const { text, json } = await ended(service, await submitted(service, body))
    assert.equal((json as Lost).status, 'FAIL')
    assert.match(text, /task exists already, id:1/)
    assert.equal(text.includes(words), false)
  }
})

test('a tag that has moved is warmed as it is now, and the job says so', async () => {
  const digest = `sha256:${'b'.repeat(64)}`
  const id = await submitted(service, harborBody({ digest }))
  const { status, json } = await ended(service, id)
  assert.deepEqual([status, (json as Lost).status], [200, 'SUCCESS'])
  const { warnings } = (await service.job(Number(id))) as { readonly warnings?: readonly string[] }
  assert.deepEqual(warnings?.length, 1)
  assert.match(warnings[0] ?? '', new RegExp(`${image.top.digest} by now, and no longer ${digest}`))

  const expected = await submitted(service, harborBody())
  assert.equal(((await ended(service, expected)).json as Lost).status, 'SUCCESS')
  assert.deepEqual(((await service.job(Number(expected))) as { readonly warnings?: readonly string[] }).warnings, [])
})
