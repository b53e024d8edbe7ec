import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TaskIdentity } from '../../../../src/model/driver.ts'
import { bareTaskId, isBlobUrl, taskIdOf, usualFilteredParams } from '../../../../src/peers/dragonfly/task-id.ts'

const plain: TaskIdentity = { tag: '', application: '', filteredQueryParams: [], pieceLength: null }
const hex = 'b2c366cce7e68013d5441c6326d5a3e1b12aeb5ed58564d0fd3fa089bc29cb6e'
const alpine = `https://index.docker.io/v2/library/alpine/blobs/sha256:${hex}`
const alpineId = 'b08c29dce50db743009665920304d65092906dedd0619d1ee8be69cb8f1a6fc8'

/** What dfdaemons answer. */
const known: readonly {
  readonly name: string
  readonly url: string
  readonly identity: Partial<TaskIdentity>
  readonly id: string
}[] = [
  {
    name: 'a tag and an application',
    url: 'https://example.com',
    identity: { tag: 'foo', application: 'bar' },
    id: '06408fbf247ddaca478f8cb9565fe5591c28efd0994b8fea80a6a87d3203c5ca',
  },
  {
    name: 'a tag',
    url: 'https://example.com',
    identity: { tag: 'foo' },
    id: '3c3f230ef9f191dd2821510346a7bc138e4894bee9aee184ba250a3040701d2a',
  },
  {
    name: 'an application',
    url: 'https://example.com',
    identity: { application: 'bar' },
    id: 'c9f9261b7305c24371244f9f149f5d4589ed601348fdf22d7f6f4b10658fdba2',
  },
  {
    name: 'a piece length',
    url: 'https://example.com',
    identity: { pieceLength: 1024 },
    id: '9f7c9aafbc6f30f8f41a96ca77eeae80c5b60964b3034b0ee43ccf7b2f9e52b8',
  },
  {
    name: 'parameters that are all filtered',
    url: 'https://example.com?foo=foo&bar=bar',
    identity: { filteredQueryParams: ['foo', 'bar'] },
    id: '457b4328cde278e422c9e243f7bfd1e97f511fec43a80f535cf6b0ef6b086776',
  },
  { name: 'a blob', url: alpine, identity: {}, id: alpineId },
  { name: 'a default port', url: alpine.replace('.io', '.io:443'), identity: {}, id: alpineId },
  {
    name: "containerd's namespace",
    url: `${alpine}?ns=docker.io`,
    identity: { filteredQueryParams: usualFilteredParams },
    id: alpineId,
  },
]

for (const { name, url, identity, id } of known) {
  test(`the id of an address with ${name} is the peer's`, () => {
    assert.equal(taskIdOf(url, false, { ...plain, ...identity }), id)
  })
}

test('by digest the id is the digest, whatever else is said', () => {
  const identity = { ...plain, tag: 'foo', pieceLength: 4_194_304 }
  assert.equal(taskIdOf(`${alpine}?ns=docker.io`, true, identity), hex)
})

test('what is no blob of a registry is named by its address even so', () => {
  const url = 'https://example.com/files/a.tar'
  assert.equal(isBlobUrl(url), false)
  assert.equal(taskIdOf(url, true, plain), taskIdOf(url, false, plain))
})

test('a parameter that stays makes another id than one that is filtered', () => {
  const identity = { ...plain, filteredQueryParams: ['Signature'] }
  const id = taskIdOf('https://example.com/a?Signature=1&x=a%20b', false, identity)
  assert.equal(id, taskIdOf('https://example.com/a?x=a+b&Signature=2', false, identity))
  assert.notEqual(id, taskIdOf('https://example.com/a', false, identity))
})

test('a bare task id is known by its form', () => {
  assert.equal(bareTaskId(`task:${hex}`), hex)
  assert.equal(bareTaskId('task:../../etc'), undefined)
  assert.equal(bareTaskId(alpine), undefined)
})

test('every signing parameter is filtered once', () => {
  assert.equal(new Set(usualFilteredParams).size, usualFilteredParams.length)
  assert.ok(usualFilteredParams.includes('q-sign-algorithm') && usualFilteredParams.includes('X-Amz-User-Agent'))
})
