// Many jobs for one image at once, as a Harbor makes them when a policy runs: its registry hears of it once.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { makeImage, type MadeImage } from '../../support/image.ts'
import { startRegistry, type RecordedRequest, type TestRegistry } from '../../support/registry.ts'
import { startService, type TestService } from '../../support/service.ts'
import { makeFiles, type TestFiles } from '../../support/warmed.ts'

const jobs = 300
const most = 4
const harbor = `Basic ${Buffer.from('harbor:core').toString('base64')}`

/** Gives a token to anybody who asks. */
let open: TestRegistry
/** Takes only tokens that were given by hand. */
let closed: TestRegistry
let narrow: TestRegistry
let narrower: TestRegistry
let service: TestService
let files: TestFiles
before(async () => {
  open = await startRegistry({ auth: { kind: 'bearer', users: {}, anonymous: true, expiresIn: 300 } })
  closed = await startRegistry({ auth: { kind: 'bearer', users: { harbor: 'core' } } })
  narrow = await startRegistry()
  narrower = await startRegistry()
  files = await makeFiles()
  const wide = { concurrency: 64 }
  const registries = { [open.host]: wide, [closed.host]: wide, [narrower.host]: { concurrency: 2 } }
  service = await startService({
    WARMFRONT_CONFIG: await files.settings({ registries }),
    WARMFRONT_ORIGIN_CONCURRENCY: String(most),
    WARMFRONT_RATE_LIMIT_TOKEN: '0',
  })
})
after(async () => {
  await service.stop()
  await Promise.all([open, closed, narrow, narrower].map((registry) => registry.close()))
  await files.remove()
})

/** All at once; resolves when all have ended, which they must as succeeded. */
async function preheatAll(all: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  const posted = await Promise.all(all.map((args) => service.preheat({ type: 'image', ...args })))
  assert.equal(new Set(posted.map(({ id }) => id)).size, all.length)
  for (const { id } of posted) {
    const { state, error } = await service.settled(id)
    assert.equal(state, 'SUCCESS', JSON.stringify(error))
  }
}

/** Two of the three platforms are taken, by default. */
function burstImage(seed: string): { readonly image: MadeImage; readonly wanted: ReadonlySet<string> } {
  const platforms = ['linux/amd64', 'linux/arm64', 'linux/s390x']
  const image = makeImage({ seed, platforms, layers: [60_000, 20_000, 300], attestations: true })
  const taken = makeImage({ seed, platforms: platforms.slice(0, 2), layers: [60_000, 20_000, 300] })
  const documents = taken.documents.filter(({ digest }) => digest !== taken.top.digest)
  return { image, wanted: new Set<string>([...documents.map(({ digest }) => digest), ...taken.blobs.keys()]) }
}

/** Each manifest and each blob was got once, and nothing else; a HEAD is free, and may be as often as it likes. */
function assertGotOnce(requests: readonly RecordedRequest[], wanted: ReadonlySet<string>, top: string): void {
  const passed = requests.filter(({ status }) => status !== 401)
  const heads = passed.filter(({ method }) => method === 'HEAD').length
  const count = new Map<string, number>()
  for (const { path } of passed.filter(({ method, path }) => method === 'GET' && path !== '/token')) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const what = name === '1.0' ? top : name
    count.set(what, (count.get(what) ?? 0) + 1)
  }
  const expected = [top, ...wanted].map((digest) => [digest, 1] as const)
  const sorted = (pairs: Iterable<readonly [string, number]>) => [...pairs].toSorted(([a], [b]) => (a < b ? -1 : 1))
  assert.deepEqual(sorted(count), sorted(expected), `beside ${heads} HEADs of ${requests.length} requests`)
}

const tally = (registry: TestRegistry, path: RegExp): string => {
  const heads = registry.asked(path, 'HEAD').length
  const refused = registry.asked(path).filter(({ status }) => status === 401).length
  return `${registry.asked(path).length} requests, ${heads} of them HEAD, ${refused} answered 401`
}

/** As Harbor makes one for a job. */
function tokenFor(repository: string): string {
  const url = new URL(`${closed.url}/token?scope=repository:${repository}:pull`)
  const [, answer] = closed.guard?.token(url, harbor) ?? []
  return (answer as { readonly token: string }).token
}

test(`burst: ${jobs} jobs for one image make one exchange of a token, and one GET per manifest and blob`, async (t) => {
  const { image, wanted } = burstImage('one')
  open.push('library/one', image, '1.0')
  await preheatAll(Array.from({ length: jobs }, () => ({ url: `${open.host}/library/one:1.0` })))

  const exchanges = open.asked('/token').map(({ method, query, status }) => [method, query['scope'], status])
  assert.deepEqual(exchanges, [['GET', 'repository:library/one:pull', 200]])
  assertGotOnce(open.asked(/library\/one\//), wanted, image.top.digest)
  t.diagnostic(tally(open, /library\/one\//))
})

test(`burst: ${jobs} jobs, each with a token of its own as Harbor sends it, make one GET per manifest and blob`, async (t) => {
  const { image, wanted } = burstImage('own')
  closed.push('library/own', image, '1.0')
  const tokens = Array.from({ length: jobs }, () => tokenFor('library/own'))
  const url = `${closed.url}/v2/library/own/manifests/1.0`
  await preheatAll(tokens.map((token) => ({ url, headers: { Authorization: `Bearer ${token}` } })))

  assertGotOnce(closed.asked(/library\/own\//), wanted, image.top.digest)
  // Each was shown: nobody gets on another's what the registry might not give to it.
  const shown = new Set(closed.asked(/library\/own\//).map(({ headers }) => headers.authorization))
  assert.deepEqual(shown, new Set(tokens.map((token) => `Bearer ${token}`)))
  t.diagnostic(tally(closed, /library\/own\//))
})

test('burst: jobs whose tokens are refused fail alone, also where others wait for them', async (t) => {
  const { image, wanted } = burstImage('refused')
  closed.push('library/refused', image, '1.0')
  const url = `${closed.url}/v2/library/refused/manifests/1.0`
  const bad = (place: number) => place % 3 === 0
  const posted = await Promise.all(
    Array.from({ length: 60 }, (_, place) => {
      const token = bad(place) ? `refused-${place}` : tokenFor('library/refused')
      return service.preheat({ type: 'image', url, headers: { Authorization: `Bearer ${token}` } })
    }),
  )
  for (const [place, { id }] of posted.entries()) {
    const { state, error } = await service.settled(id)
    assert.equal(state, bad(place) ? 'FAILURE' : 'SUCCESS', JSON.stringify(error))
    if (bad(place)) assert.equal(error?.code, 'registry.denied')
  }
  assertGotOnce(closed.asked(/library\/refused\//), wanted, image.top.digest)
  t.diagnostic(tally(closed, /library\/refused\//))
})

test('burst: a registry that hangs takes half of the peer, and jobs at another one succeed meanwhile', async (t) => {
  const held = Promise.withResolvers<void>()
  t.after(() => held.resolve())
  open.fault({ path: /\/hanging\d\/blobs/, held: held.promise })
  const layers = Array.from({ length: 20 }, (_, place) => 100 + place)
  const names = Array.from({ length: 6 }, (_, place) => `library/hanging${place}`)
  for (const name of names) open.push(name, makeImage({ seed: name, layers }), '1.0')
  const hanging = preheatAll(names.map((name) => ({ url: `${open.host}/${name}:1.0` })))
  await open.arrived(/\/hanging\d\/blobs/, 16)
  const other = await startRegistry()
  t.after(() => other.close())
  other.push('library/app', makeImage({ seed: 'other' }), '1.0')
  await preheatAll([{ url: `${other.host}/library/app:1.0` }])
  assert.equal(open.asked(/\/hanging\d\/blobs/).length, 16)
  held.resolve()
  await hanging
})

for (const [name, of, expected] of [
  ['origin_concurrency', () => narrow, most],
  ["a registry's own concurrency", () => narrower, 2],
] as const) {
  test(`burst: ${name} is the most that is asked of a registry at a time, over all jobs`, async (t) => {
    const origin = of()
    const held = Promise.withResolvers<void>()
    t.after(() => held.resolve())
    origin.fault({ path: /./, held: held.promise })
    const images = Array.from({ length: 12 }, (_, place) => `library/app${place}`)
    for (const repository of images) {
      origin.push(repository, makeImage({ seed: repository, layers: [9000, 700, 20] }), '1.0')
    }
    const ended = preheatAll(images.map((repository) => ({ url: `${origin.host}/${repository}:1.0` })))
    await origin.arrived(/./, expected)
    held.resolve()
    await ended
    assert.equal(origin.mostAtOnce, expected)
  })
}
