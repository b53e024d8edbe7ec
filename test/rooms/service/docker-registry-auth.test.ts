// Who is let in at a real registry, through the whole service: Basic and Bearer, from the request and from the settings.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  type DockerRegistry,
  dockerRegistryMissing,
  registryUser,
  startDockerRegistry,
} from '../../support/docker-registry.ts'
import { makeImage, type MadeImage } from '../../support/image.ts'
import { startService, type TestService } from '../../support/service.ts'
import {
  fails,
  failsInTheEnd,
  makeFiles,
  serves,
  succeeds,
  succeedsInTheEnd,
  type TestFiles,
} from '../../support/warmed.ts'

const skip = dockerRegistryMissing()
const { username, password } = registryUser
const identityToken = 'an-identity-token-0123456789'
const wrong = { username, password: 'wr0ng-passw0rd' }

/** Each with settings of its own in the one service. */
let basic: DockerRegistry
let basicInSettings: DockerRegistry
let basicInDocker: DockerRegistry
let bearer: DockerRegistry
let bearerByPost: DockerRegistry
let files: TestFiles
let service: TestService
const all = (): readonly DockerRegistry[] => [basic, basicInSettings, basicInDocker, bearer, bearerByPost]

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const dockerConfig = (entry: object): Promise<string> => {
  const auths = { [basicInDocker.host]: entry, [`http://${bearerByPost.host}/v2/`]: { identitytoken: identityToken } }
  return files.write('config.json', JSON.stringify({ auths }))
}

before(async () => {
  if (skip !== false) return
  const tokens = { identityToken }
  ;[basic, basicInSettings, basicInDocker, bearer, bearerByPost] = await Promise.all([
    startDockerRegistry({ auth: 'basic' }),
    startDockerRegistry({ auth: 'basic' }),
    startDockerRegistry({ auth: 'basic' }),
    startDockerRegistry({ auth: 'token', tokens }),
    startDockerRegistry({ auth: 'token', tokens: { ...tokens, refuseGet: true } }),
  ])
  files = await makeFiles()
  service = await startService({
    WARMFRONT_CONFIG: await files.settings({ registries: { [basicInSettings.host]: registryUser } }),
    WARMFRONT_DOCKER_CONFIG: await dockerConfig({ auth: base64(`${username}:${wrong.password}`) }),
  })
})
after(async () => {
  if (skip !== false) return
  await service.stop()
  await Promise.all(all().map((registry) => registry.stop()))
  await files.remove()
})

const pushed: { readonly repository: string; readonly image: MadeImage }[] = []

/** A new image in a repository of its own, and how a request names it. */
async function push(registry: DockerRegistry, repository: string): Promise<{ readonly url: string }> {
  const image = makeImage({ seed: repository, layers: [30_000, 200] })
  await registry.push(image, `${repository}:1.0`)
  pushed.push({ repository, image })
  return { url: `${registry.host}/${repository}:1.0` }
}

/** As Harbor mints it, valid until a time in the past. */
const expired = '2026-01-02T03:04:05.000Z'
const claims = { iss: 'harbor-token-issuer', exp: Date.parse(expired) / 1000 }
const jwt = [{ alg: 'RS256' }, claims].map((part) => base64(JSON.stringify(part)).replace(/=+$/, '')).join('.')
const harborHeaders = { headers: { Authorization: `Bearer ${jwt}.c2lnbmF0dXJl` } }

const exchanges = (registry: DockerRegistry, repository: string) =>
  registry.tokenRequests().filter(({ scopes }) => scopes.includes(`repository:${repository}:pull`))

test('Basic: the right user and password of the request', { skip }, async () => {
  const image = await push(basic, 'basic/right')
  await succeeds(service, { ...image, username, password })
})

test('Basic: a wrong password is denied, and so is nobody', { skip }, async () => {
  const { code, message } = await fails(service, { ...(await push(basic, 'basic/wrong')), ...wrong })
  assert.equal(code, 'registry.denied')
  assert.ok(message.includes(basic.host), message)
  assert.equal((await fails(service, await push(basic, 'basic/nobody'))).code, 'registry.denied')
})

test('Basic: an image that is warm by now is still denied to who may not see it', { skip }, async () => {
  const image = await push(basic, 'basic/warm')
  await succeeds(service, { ...image, username, password })
  assert.equal((await fails(service, { ...image, ...wrong })).code, 'registry.denied')
  assert.equal((await fails(service, image)).code, 'registry.denied')
})

test('Basic: the credential of the settings, which gives way to that of the request', { skip }, async () => {
  const image = await push(basicInSettings, 'settings/app')
  await succeeds(service, image)
  assert.equal((await fails(service, { ...image, ...wrong })).code, 'registry.denied')
})

test("Basic: docker's config.json, which is read anew when it has changed", { skip }, async () => {
  const image = await push(basicInDocker, 'docker/app')
  assert.equal((await fails(service, image)).code, 'registry.denied')
  await dockerConfig({ auth: base64(`${username}:${password}`) })
  await succeedsInTheEnd(service, image)
  await dockerConfig(wrong)
  assert.equal((await failsInTheEnd(service, image)).code, 'registry.denied')
  await dockerConfig({ username, password })
  await succeedsInTheEnd(service, image)
})

test('Harbor: the job names the time at which its token had expired', { skip }, async () => {
  const { code, message } = await fails(service, { ...(await push(basic, 'harbor/expired')), ...harborHeaders })
  assert.equal(code, 'registry.token-expired')
  assert.ok(message.includes(expired), message)
})

test(
  'Harbor: where its token had expired, a configured credential takes over, and the job says so',
  { skip },
  async () => {
    const job = await succeeds(service, { ...(await push(basicInSettings, 'harbor/configured')), ...harborHeaders })
    assert.equal(job.warnings.length, 1, job.warnings.join('\n'))
    assert.ok(job.warnings[0]?.includes(expired), job.warnings[0])
    assert.equal(JSON.stringify(job).includes(jwt), false)
  },
)

test('Bearer: without a credential, one exchange per scope, over all jobs', { skip }, async () => {
  const [first, second] = [await push(bearer, 'bearer/first'), await push(bearer, 'bearer/second')]
  await Promise.all([first, second, first].map((image) => succeeds(service, image)))
  await succeeds(service, first)
  for (const repository of ['bearer/first', 'bearer/second']) {
    const [exchange, ...more] = exchanges(bearer, repository)
    assert.deepEqual(more, [])
    assert.equal(exchange?.authorization, undefined)
    assert.equal(exchange?.fields['service'], 'test-registry')
  }
})

test('Bearer: the right user and password of the request', { skip }, async () => {
  await succeeds(service, { ...(await push(bearer, 'bearer/right')), username, password })
  const [exchange, ...more] = exchanges(bearer, 'bearer/right')
  assert.deepEqual(more, [])
  assert.equal(exchange?.authorization, `Basic ${base64(`${username}:${password}`)}`)
})

test('Bearer: a wrong password is denied after one exchange', { skip }, async () => {
  const { code } = await fails(service, { ...(await push(bearer, 'bearer/wrong')), ...wrong })
  assert.equal(code, 'registry.denied')
  assert.deepEqual(
    exchanges(bearer, 'bearer/wrong').map(({ method, status }) => `${method} ${status}`),
    ['GET 401'],
  )
})

test('Bearer: the user name <token> means that the password is an identity token', { skip }, async () => {
  const image = await push(bearer, 'bearer/token-user')
  await succeeds(service, { ...image, username: '<token>', password: identityToken })
  const [exchange, ...more] = exchanges(bearer, 'bearer/token-user')
  assert.deepEqual(more, [])
  assert.equal(exchange?.method, 'POST')
  assert.equal(exchange?.fields['grant_type'], 'refresh_token')
})

test("Bearer: the identity token of docker's config.json", { skip }, async () => {
  await succeeds(service, await push(bearerByPost, 'post/identity'))
  const [exchange, ...more] = exchanges(bearerByPost, 'post/identity')
  assert.deepEqual(more, [])
  assert.equal(exchange?.method, 'POST')
  assert.equal(exchange?.fields['grant_type'], 'refresh_token')
  assert.equal(exchange?.fields['refresh_token'], identityToken)
})

test('Bearer: a token server that refuses GET is asked by POST', { skip }, async () => {
  await succeeds(service, { ...(await push(bearerByPost, 'post/password')), username, password })
  const made = exchanges(bearerByPost, 'post/password')
  assert.deepEqual(
    made.map(({ method, status }) => `${method} ${status}`),
    ['GET 405', 'POST 200'],
  )
  assert.equal(made[1]?.fields['grant_type'], 'password')
  assert.equal(made[1]?.fields['username'], username)
})

test('Bearer: where the token of Harbor had expired, nobody takes over, and the job says so', { skip }, async () => {
  const job = await succeeds(service, { ...(await push(bearer, 'bearer/expired')), ...harborHeaders })
  assert.ok(job.warnings[0]?.includes(expired), job.warnings[0])
})

test('no secret is in the output', { skip }, () => {
  const output = service.output()
  for (const secret of [password, wrong.password, identityToken, jwt]) assert.equal(output.includes(secret), false)
})

test(
  'with the registries stopped, what was preheated is served, and no account was tried in vain twice',
  { skip },
  async () => {
    const served = (await Promise.all(all().map((registry) => registry.stop()))).flat()
    const unwanted = /^(?:(?:basic|bearer)\/(?:wrong|nobody)|harbor\/expired)$/
    for (const { repository, image } of pushed) {
      if (!unwanted.test(repository)) await serves(service, repository, image)
    }
    // One that learns how the registry wants to be spoken to, one with the password.
    const tries = (repository: string) => served.filter(({ path }) => path.startsWith(`/v2/${repository}/`)).length
    assert.ok(tries('basic/wrong') <= 2, `${tries('basic/wrong')} requests with a wrong password`)
    assert.equal(tries('basic/nobody'), 1)
  },
)
