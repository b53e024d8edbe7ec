// Whatever a client sends: one JSON object in the contract's own dialect, and the process lives.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { adminToken, startService, type TestService } from '../../support/service.ts'

let service: TestService
before(async () => {
  service = await startService()
})
after(() => service.stop())

const image = { type: 'image', url: 'registry.example.com/library/app:1.0' }
const oapi = (args: unknown, more: object = {}) => ({ type: 'preheat', args, ...more })
const big = JSON.stringify({ type: 'image', url: 'x'.repeat(1024 * 1024) })

interface Row {
  readonly name: string
  readonly path: string
  readonly body: unknown
  readonly status: number
  readonly says: RegExp
}

const supernode: readonly Row[] = [
  { name: 'no body', path: '/api/preheat', body: undefined, status: 200, says: /type is missing/ },
  { name: 'no JSON', path: '/api/preheat', body: '{"type":', status: 200, says: /not valid JSON/ },
  { name: 'a list', path: '/api/preheat', body: [], status: 200, says: /not a JSON object/ },
  { name: 'a text that is no base64', path: '/api/preheat', body: '"%%%"', status: 200, says: /base64/ },
  {
    name: 'an unknown type',
    path: '/api/preheat',
    body: { ...image, type: 'video' },
    status: 200,
    says: /"video"; expected "image" or "file"/,
  },
  { name: 'no url', path: '/api/preheat', body: { type: 'image' }, status: 200, says: /url is missing/ },
  {
    name: 'a bad reference',
    path: '/api/preheat',
    body: { type: 'image', url: 'UPPER CASE' },
    status: 200,
    says: /UPPER CASE/,
  },
  {
    name: 'headers that are no texts',
    path: '/api/preheat',
    body: { ...image, header: { A: 1 } },
    status: 200,
    says: /header is not as expected/,
  },
  {
    name: 'a file that has no address',
    path: '/api/preheat',
    body: { type: 'file', url: 'tool.tar.gz' },
    status: 200,
    says: /is not a URL/,
  },
  { name: 'more than a mebibyte', path: '/api/preheat', body: big, status: 413, says: /larger than/ },
]

const openApi: readonly Row[] = [
  { name: 'no body', path: '/oapi/v1/jobs', body: undefined, status: 422, says: /./ },
  { name: 'no JSON', path: '/oapi/v1/jobs', body: '{"type":', status: 422, says: /not valid JSON/ },
  { name: 'no type', path: '/oapi/v1/jobs', body: { args: image }, status: 422, says: /type/ },
  { name: 'no args', path: '/oapi/v1/jobs', body: { type: 'preheat' }, status: 422, says: /args/ },
  {
    name: 'another type of job',
    path: '/oapi/v1/jobs',
    body: oapi(image, { type: 'gc' }),
    status: 422,
    says: /type must be equal to one of the allowed values: preheat/,
  },
  {
    name: 'a number in quotes',
    path: '/oapi/v1/jobs',
    body: oapi({ ...image, percentage: '50' }),
    status: 422,
    says: /args\.percentage must be integer/,
  },
  {
    name: 'a duration in words',
    path: '/oapi/v1/jobs',
    body: oapi({ ...image, timeout: '30m' }),
    status: 422,
    says: /args\.timeout must be integer/,
  },
  {
    name: 'a timeout that was meant in seconds',
    path: '/oapi/v1/jobs',
    body: oapi({ ...image, timeout: 1800 }),
    status: 422,
    says: /nanoseconds/,
  },
  {
    name: 'too many tasks at once',
    path: '/oapi/v1/jobs',
    body: oapi({ ...image, concurrent_task_count: 101 }),
    status: 422,
    says: /concurrent_task_count must be <= 100/,
  },
  {
    name: 'too many peers at once',
    path: '/oapi/v1/jobs',
    body: oapi({ ...image, concurrent_peer_count: 1001 }),
    status: 422,
    says: /concurrent_peer_count must be <= 1000/,
  },
  {
    name: 'an image without a url',
    path: '/oapi/v1/jobs',
    body: oapi({ type: 'image' }),
    status: 422,
    says: /url is missing/,
  },
  {
    name: 'a credential in the address',
    path: '/oapi/v1/jobs',
    body: oapi({ type: 'image', url: 'https://u:p@r.example.com/v2/a/manifests/b' }),
    status: 422,
    says: /./,
  },
  {
    name: 'a file that is no http',
    path: '/oapi/v1/jobs',
    body: oapi({ type: 'file', url: 'file:///etc/passwd' }),
    status: 422,
    says: /neither https nor http/,
  },
  {
    name: 'an unknown platform',
    path: '/oapi/v1/jobs',
    body: oapi({ ...image, platform: 'linux' }),
    status: 422,
    says: /args\.platform names "linux"/,
  },
  {
    name: 'an unknown scope',
    path: '/oapi/v1/jobs',
    body: oapi({ ...image, scope: 'everywhere' }),
    status: 422,
    says: /args\.scope must be equal to one of/,
  },
  {
    name: 'an unknown cluster',
    path: '/oapi/v1/jobs',
    body: oapi(image, { scheduler_cluster_ids: [77] }),
    status: 422,
    says: /no cluster 77; there is 1 \(local\)/,
  },
  { name: 'more than a mebibyte', path: '/oapi/v1/jobs', body: big, status: 413, says: /larger than/ },
  {
    name: 'a piece that is too short',
    path: '/oapi/v1/jobs',
    body: oapi({ ...image, piece_length: 1024 }),
    status: 422,
    says: /args\.piece_length is 1024/,
  },
  {
    name: 'more than two hundred peers',
    path: '/oapi/v1/jobs',
    body: oapi({ ...image, count: 201 }),
    status: 422,
    says: /args\.count must be <= 200/,
  },
  {
    name: 'more than all peers',
    path: '/oapi/v1/jobs',
    body: oapi({ ...image, percentage: 101 }),
    status: 422,
    says: /args\.percentage must be <= 100/,
  },
  {
    name: 'a count below none',
    path: '/oapi/v1/jobs',
    body: oapi({ ...image, count: -1 }),
    status: 422,
    says: /args\.count must be >= 0/,
  },
  {
    name: 'more than a hundred ips',
    path: '/oapi/v1/jobs',
    body: oapi({ ...image, ips: Array.from({ length: 101 }, () => '192.0.2.1') }),
    status: 422,
    says: /args\.ips must NOT have more than 100 items/,
  },
  {
    name: 'an object store',
    path: '/oapi/v1/jobs',
    body: oapi({ type: 'file', url: 'https://a.example.com/b', object_storage: { access_key_secret: 's3cret' } }),
    status: 422,
    says: /args\.object_storage is not supported/,
  },
  {
    name: 'HDFS',
    path: '/oapi/v1/jobs',
    body: oapi({ type: 'file', url: 'https://a.example.com/b', hdfs: { delegation_token: 's3cret' } }),
    status: 422,
    says: /args\.hdfs is not supported/,
  },
  {
    name: 'cluster ids that are texts',
    path: '/oapi/v1/jobs',
    body: oapi(image, { scheduler_cluster_ids: ['1'] }),
    status: 422,
    says: /scheduler_cluster_ids\.0 must be integer/,
  },
  {
    name: 'args that are a list',
    path: '/oapi/v1/jobs',
    body: oapi([]),
    status: 422,
    says: /args must be object/,
  },
  {
    name: 'more than all tasks',
    path: '/oapi/v1/jobs',
    body: oapi({ ...image, success_percentage: 101 }),
    status: 422,
    says: /args\.success_percentage must be <= 100/,
  },
  {
    name: 'a preheat of neither an image nor files',
    path: '/oapi/v1/jobs',
    body: oapi({ url: image.url }),
    status: 422,
    says: /args\.type is missing/,
  },
  {
    name: 'a question about nothing',
    path: '/oapi/v1/jobs',
    body: oapi({}, { type: 'get_task' }),
    status: 422,
    says: /args\.task_id is missing, and so is args\.url/,
  },
  {
    name: 'a task that has no name like that',
    path: '/oapi/v1/jobs',
    body: oapi({ task_id: '../etc' }, { type: 'delete_task' }),
    status: 422,
    says: /args\.task_id is .*expected 64 hex digits/,
  },
  {
    name: 'a question about no image',
    path: '/oapi/v1/jobs',
    body: oapi({}, { type: 'get_image_distribution' }),
    status: 422,
    says: /args\.url is missing/,
  },
  {
    name: 'a question that may not be asked',
    path: '/oapi/v1/jobs',
    body: oapi({ url: '169.254.169.254/library/app:1.0' }, { type: 'get_image_distribution' }),
    status: 422,
    says: /169\.254\.169\.254/,
  },
  {
    name: 'looking for peers of an unknown cluster',
    path: '/oapi/v1/jobs',
    body: { type: 'sync_peers', scheduler_cluster_ids: [77] },
    status: 422,
    says: /no cluster 77/,
  },
  {
    name: 'a plan of a question',
    path: '/oapi/v1/plans',
    body: oapi({ task_id: 'a' }, { type: 'get_task' }),
    status: 422,
    says: /plans are made of the type "preheat" only/,
  },
  {
    name: 'settings that are no object',
    path: '/oapi/v1/clusters',
    body: { name: 'd', settings: [] },
    status: 422,
    says: /settings must be object/,
  },
  {
    name: 'a plan without args',
    path: '/oapi/v1/plans',
    body: { type: 'preheat' },
    status: 422,
    says: /args/,
  },
  {
    name: 'credentials for a retry that are no texts',
    path: '/oapi/v1/jobs/1/retry',
    body: { password: 7 },
    status: 422,
    says: /password must be string/,
  },
]

for (const row of supernode) {
  test(`supernode refuses ${row.name}`, async () => {
    const answer = await service.call('POST', row.path, row.body)
    assert.equal(answer.status, row.status)
    const { code, msg } = answer.json as { readonly code: number; readonly msg: string }
    assert.equal(code, row.status === 200 ? 400 : row.status)
    assert.match(msg, row.says)
  })
}

for (const row of openApi) {
  test(`open-api refuses ${row.name}`, async () => {
    const answer = await service.call('POST', row.path, row.body)
    const { message, errors, code } = answer.json as Readonly<Record<'message' | 'errors' | 'code', string>>
    assert.equal(answer.status, row.status, answer.text)
    assert.match(message, row.says)
    assert.match(code, /^[a-z]+\.[a-z-]+$/)
    if (row.status === 422) assert.equal(errors, message)
  })
}

const others: readonly {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly status: number
}[] = [
  { name: 'a task id that is none', method: 'GET', path: '/api/preheat/%7BtaskId%7D', status: 200 },
  { name: 'an unknown task', method: 'GET', path: '/api/preheat/99999', status: 200 },
  { name: 'an unknown job', method: 'GET', path: '/oapi/v1/jobs/99999', status: 404 },
  { name: 'a job id that is none', method: 'GET', path: '/oapi/v1/jobs/abc', status: 422 },
  { name: 'a job id beyond all numbers', method: 'GET', path: '/oapi/v1/jobs/99999999999999999999', status: 422 },
  { name: 'a state in lower case', method: 'GET', path: '/oapi/v1/jobs?state=pending', status: 422 },
  { name: 'a page that is none', method: 'GET', path: '/oapi/v1/jobs?page=abc', status: 422 },
  { name: 'a job id of 0', method: 'GET', path: '/oapi/v1/jobs/0', status: 422 },
  { name: 'a job id below none', method: 'DELETE', path: '/oapi/v1/jobs/-1', status: 422 },
  { name: 'cancelling an unknown job', method: 'POST', path: '/oapi/v1/jobs/99999/cancel', status: 404 },
  { name: 'retrying an unknown job', method: 'POST', path: '/oapi/v1/jobs/99999/retry', status: 404 },
  { name: 'the tasks of an unknown job', method: 'GET', path: '/oapi/v1/jobs/99999/tasks', status: 404 },
  { name: 'the events of an unknown job', method: 'GET', path: '/oapi/v1/jobs/99999/events', status: 404 },
  { name: 'deleting an unknown job', method: 'DELETE', path: '/oapi/v1/jobs/99999', status: 404 },
  { name: 'changing an unknown job', method: 'PATCH', path: '/oapi/v1/jobs/99999', status: 404 },
  { name: 'a task state that is none', method: 'GET', path: '/oapi/v1/jobs/1/tasks?state=SUCCESS', status: 422 },
  { name: 'another method', method: 'PUT', path: '/oapi/v1/jobs', status: 405 },
  { name: 'another method on events', method: 'POST', path: '/oapi/v1/jobs/1/events', status: 405 },
  { name: 'reading plans', method: 'GET', path: '/oapi/v1/plans', status: 405 },
  { name: 'another method on a cluster', method: 'PUT', path: '/oapi/v1/clusters/1', status: 405 },
  { name: 'another method on a task', method: 'DELETE', path: '/api/preheat/1', status: 405 },
  { name: 'a path that is not there', method: 'GET', path: '/oapi/v2/jobs', status: 404 },
  { name: 'a path that is not percent-encoding', method: 'GET', path: '/oapi/v1/jobs/%zz', status: 400 },
  { name: 'a blob that is not held', method: 'GET', path: `/v2/a/blobs/sha256:${'0'.repeat(64)}`, status: 404 },
]
for (const { name, method, path, status } of others) {
  test(`refused as one JSON object: ${name}`, async () => {
    const answer = await service.call(method, path)
    assert.equal(answer.status, status, answer.text)
    assert.equal(typeof answer.json, 'object', answer.text)
  })
}

const guarded: readonly (readonly [string, string])[] = [
  ['POST', '/api/preheat'],
  ['GET', '/api/preheat/1'],
  ['POST', '/oapi/v1/jobs'],
  ['GET', '/oapi/v1/jobs'],
  ['GET', '/oapi/v1/jobs/1'],
  ['POST', '/oapi/v1/jobs/1/cancel'],
]
for (const [method, path] of guarded) {
  test(`${method} ${path} needs a token, and a wrong one is none`, async () => {
    for (const headers of [{}, { authorization: 'Bearer wf_wrong' }, { authorization: `Basic ${adminToken}` }]) {
      const answer = await service.call(method, path, method === 'POST' ? {} : undefined, headers)
      assert.equal(answer.status, 401)
      assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/)
      assert.equal(typeof answer.json, 'object')
    }
  })
}

test('a body of another media type is refused, and a body that nobody named is read as JSON', async () => {
  const headers = (type: string) => ({ authorization: `Bearer ${adminToken}`, 'content-type': type })
  const body = JSON.stringify(oapi(image))
  const refused = await service.call('POST', '/oapi/v1/jobs', body, headers('application/xml'))
  assert.equal(refused.status, 415)
  assert.equal((refused.json as { readonly code: string }).code, 'request.unsupported')
  assert.equal((await service.call('POST', '/oapi/v1/jobs', body, headers('text/plain'))).status, 200)
})

test('a token may travel in the path, and never in the query', async () => {
  assert.equal((await service.call('GET', `/t/${adminToken}/oapi/v1/jobs`, undefined, {})).status, 200)
  const query = await service.call('GET', `/oapi/v1/jobs?access_token=${adminToken}`, undefined, {})
  assert.equal(query.status, 401)
  assert.match(query.text, /address/)
  assert.equal(service.output().includes(adminToken), false)
})

test('a token may be the password of Basic, which is all that containerd, Docker and Harbor forms can send', async () => {
  const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` })
  assert.equal((await service.call('GET', '/oapi/v1/jobs', undefined, basic(`anyone:${adminToken}`))).status, 200)
  assert.equal((await service.call('GET', '/oapi/v1/jobs', undefined, basic('anyone:wf_wrong'))).status, 401)
})

test('health answers without a credential, and checks one that is presented', async () => {
  for (const path of ['/api/check', '/healthy']) {
    assert.equal((await service.call('GET', path, undefined, {})).status, 200)
    assert.equal((await service.call('GET', path, undefined, { authorization: 'Bearer wf_wrong' })).status, 401)
  }
  assert.deepEqual((await service.call('GET', '//api/check')).json, { code: 200 })
})

test('what the pre-release Harbor driver sends is understood: slashes doubled, the body marshalled twice', async () => {
  const inner = JSON.stringify({
    Type: 'image',
    url: 'localhost:1/library/app:1.0',
    Headers: { Authorization: 'Basic dTpw' },
  })
  const answer = await service.call('POST', '//api/preheat', JSON.stringify(Buffer.from(inner).toString('base64')))
  assert.match(answer.text, /^\{"code":200,"data":\{"taskId":"\d+"\}\}$/)
  assert.equal(answer.headers.get('content-length'), String(answer.text.length))
})

test("Harbor's body, with its zeros, nulls and empty texts, means the defaults; nothing secret is echoed", async () => {
  const answer = await service.call('POST', '/oapi/v1/jobs', {
    bio: 'Harbor pre-heating policy test',
    type: 'preheat',
    args: {
      type: 'image',
      url: 'https://registry.example.com/v2/lib/x/manifests/latest',
      tag: '',
      filtered_query_params: '',
      headers: { Authorization: 'Bearer s3cret-token', 'X-A': '1' },
      scope: '',
      concurrent_count: 0,
      timeout: 0,
      password: 's3cret-password',
    },
    user_id: 0,
    scheduler_cluster_ids: null,
  })
  assert.equal(answer.status, 200)
  const job = answer.json as {
    readonly id: number
    readonly state: string
    readonly result: null
    readonly args: Record<string, unknown>
  }
  assert.equal(job.state, 'PENDING')
  assert.equal(job.result, null)
  assert.deepEqual(job.args['headers'], { Authorization: '***', 'X-A': '1' })
  assert.equal(job.args['password'], '')
  assert.equal(job.args['scope'], 'single_seed_peer')
  assert.equal(job.args['timeout'], 29 * 60 * 1e9)
  assert.equal(job.args['concurrent_task_count'], 8)
  assert.equal(job.args['concurrent_peer_count'], 500)
  const later = await service.call('GET', `/oapi/v1/jobs/${job.id}`)
  for (const text of [answer.text, later.text, service.output()]) assert.equal(text.includes('s3cret'), false)
})

test('the list is paged, newest first, with the four addresses of its pages', async () => {
  for (let n = 0; n < 3; n++)
    await service.call('POST', '/oapi/v1/jobs', oapi({ type: 'image', url: `localhost:1/list:${n}` }))
  const answer = await service.call('GET', '/oapi/v1/jobs?page=1&per_page=2')
  const jobs = answer.json as readonly { readonly id: number }[]
  assert.equal(jobs.length, 2)
  assert.ok((jobs[0]?.id ?? 0) > (jobs[1]?.id ?? 0))
  assert.match(
    answer.headers.get('link') ?? '',
    /^<\/oapi\/v1\/jobs\?page=1&per_page=2>;rel=prev,<.*page=2&per_page=2>;rel=next,.*;rel=first,.*;rel=last$/,
  )
})
