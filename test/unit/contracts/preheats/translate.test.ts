// Jobs in the words of the preheats contract, and back.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refuse, refuseLost } from '../../../../src/contracts/preheats/refusals.ts'
import { lostToHarbor, sentenceOf, toPreheat, toSubmission } from '../../../../src/contracts/preheats/translate.ts'
import { parsePreheat } from '../../../../src/contracts/preheats/wire.ts'
import { Failure, failureCodes } from '../../../../src/model/failure.ts'
import { noProgress, type Job, type JobRequest } from '../../../../src/model/job.ts'

const digest = `sha256:${'a'.repeat(64)}`
const harbor = {
  type: 'image',
  url: 'https://harbor.example.com/v2/library/app/manifests/1.0',
  headers: { Authorization: 'Bearer secret-of-harbor' },
  image: 'library/app',
  tag: '1.0',
  digest,
}
const asked = { userId: 3, requestedBy: 'harbor', clusterIds: [2], timeoutMs: 60_000 }
const submissionOf = (body: unknown) => toSubmission(parsePreheat(body), asked)

const job = (change: Partial<Job>, request: JobRequest = submissionOf(harbor).request): Job => ({
  id: 7,
  taskId: 'group_7',
  contract: 'preheats',
  bio: '',
  userId: 3,
  requestedBy: 'harbor',
  state: 'queued',
  request,
  clusterIds: [1],
  pinned: null,
  platforms: [],
  warnings: [],
  progress: noProgress,
  problem: null,
  cancelRequested: false,
  createdAtMs: Date.UTC(2026, 2, 1, 10),
  updatedAtMs: Date.UTC(2026, 2, 1, 10),
  deadlineAtMs: Date.UTC(2026, 2, 1, 11),
  settledAtMs: null,
  ...change,
})
const { problem } = new Failure('registry.not-found', 'The registry has no app.')
const failed = { state: 'failed', problem, settledAtMs: Date.UTC(2026, 2, 1, 10, 0, 7) } as const

test('an image of Harbor keeps what Harbor expected, and its credential only among the secrets', () => {
  const { request, secrets, ...command } = submissionOf(harbor)
  assert.deepEqual(command, { contract: 'preheats', bio: '', userId: 3, requestedBy: 'harbor', clusterIds: [2] })
  assert.equal(request.type, 'image')
  assert.ok(request.type === 'image')
  assert.equal(request.expectedDigest, digest)
  assert.equal(request.reference.repository, 'library/app')
  assert.equal(request.tag, '', "Harbor's tag is the image's, not Dragonfly's")
  assert.deepEqual(request.headers, { Authorization: '***' })
  assert.deepEqual(secrets, { headers: harbor.headers })
})

test('without one of image, tag and digest it is not taken for a Harbor', () => {
  for (const name of ['image', 'tag', 'digest']) {
    const { request } = submissionOf({ ...harbor, [name]: '' })
    assert.equal('expectedDigest' in request, false, name)
  }
})

test('a file keeps its true address among the secrets, and its identifier and filter', () => {
  const url = 'https://files.example.com/tool.tgz?X-Amz-Signature=abc'
  const { request, secrets } = submissionOf({ type: 'file', url, filter: 'a&&b', identifier: 'nightly' })
  assert.ok(request.type === 'file')
  assert.deepEqual(request.urls, ['https://files.example.com/tool.tgz?X-Amz-Signature=***'])
  assert.deepEqual(request.filteredQueryParams, ['a', 'b'])
  assert.equal(request.tag, 'nightly')
  assert.deepEqual(secrets, { headers: {}, urls: [url] })
})

const states = {
  queued: 'WAITING',
  resolving: 'RUNNING',
  warming: 'RUNNING',
  succeeded: 'SUCCESS',
  failed: 'FAIL',
  cancelled: 'FAIL',
} as const
test('a job has one of four words for its state, times of RFC 3339, and its reason', () => {
  for (const [state, status] of Object.entries(states)) {
    assert.equal(toPreheat(job({ state: state as Job['state'] })).status, status)
  }
  assert.deepEqual(toPreheat(job({})), {
    ID: '7',
    id: '7',
    status: 'WAITING',
    startTime: '2026-03-01T10:00:00.000Z',
    finishTime: null,
    errorMsg: '',
  })
  const ended = toPreheat(job(failed))
  assert.equal(ended.finishTime, '2026-03-01T10:00:07.000Z')
  assert.equal(ended.errorMsg, `The registry has no app. ${problem.hint}`)
})

test('only a job of a Harbor of this contract is told by a refusal', () => {
  assert.equal(lostToHarbor(job(failed)), problem)
  assert.equal(lostToHarbor(job({})), null)
  assert.equal(lostToHarbor(job({ ...failed, contract: 'kraken' })), null)
  assert.equal(lostToHarbor(job(failed, submissionOf({ ...harbor, digest: '' }).request)), null)
  assert.equal(lostToHarbor(job(failed, submissionOf({ type: 'file', url: 'https://a.example/b' }).request)), null)
})

test('that refusal has the reason first and once, and the rest of the task', () => {
  const { status, body } = refuseLost(job(failed), problem)
  assert.equal(status, 424)
  const message = `The registry has no app. ${problem.hint}`
  const { errorMsg: _same, ...task } = toPreheat(job(failed))
  const expected = { message, code: 424, cause: 'registry.not-found', ...task }
  assert.equal(JSON.stringify(body), JSON.stringify(expected))
})

test('the words that Harbor 2.8 takes for a way to another task never leave', () => {
  const words = 'preheat task already exists, id:'
  const message = `The registry said: ${words}8"} and ${words.toUpperCase()}9.`
  const sentence = sentenceOf({ message, hint: words })
  assert.equal(sentence.toLowerCase().includes(words), false, sentence)
  assert.match(sentence, /task exists already, id:8/)
  const { body } = refuse(new Failure('request.invalid', message), { method: 'GET', path: '/preheats/7' })
  assert.equal(JSON.stringify(body).toLowerCase().includes(words), false)
})

test('every refusal has a status that Harbor takes for an error, and never one that redirects', () => {
  for (const code of failureCodes) {
    const { status } = refuse(new Failure(code, 'x'), { method: 'GET', path: '/preheats/7' })
    assert.ok(status >= 400, `${code} is ${status}`)
  }
})
