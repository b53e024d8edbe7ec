import assert from 'node:assert/strict'
import { it } from 'node:test'
import { factsOf, type Fact } from '../../../src/console/pages/preheat/facts.ts'
import { sampleArgs, sampleJob } from './samples.ts'

const asObject = (facts: readonly Fact[]) => Object.fromEntries(facts.map(({ name, lines }) => [name, lines]))

it('the arguments of a preheat have units, and none where none was given', () => {
  const args = sampleArgs({
    username: 'robot',
    piece_length: 4_194_304,
    headers: { Accept: '*/*' },
    platform: 'linux/amd64,linux/arm64',
  })
  assert.deepEqual(asObject(factsOf(sampleJob({ args }))), {
    Address: ['https://registry.example.com/v2/library/app/manifests/1.0'],
    Platforms: ['linux/amd64', 'linux/arm64'],
    Scope: ['all peers'],
    'Addresses of peers': [],
    'Succeeds when': ['100 % of tasks are warm'],
    'User name': ['robot'],
    Password: ['***'],
    Headers: ['Accept: */*'],
    'Piece length': ['4.0 MiB'],
    Tag: [],
    Application: [],
    'Filtered query params': [],
    Timeout: ['30 min'],
    'Peers at once for a blob': ['500'],
    'Blobs at once at a peer': ['8'],
  })
})

it('a preheat without a user name has no password to hide', () => {
  assert.deepEqual(asObject(factsOf(sampleJob()))['Password'], [])
})

it('a look-up has arguments of its own', () => {
  const { url, tag, application, filtered_query_params, timeout, concurrent_peer_count } = sampleArgs({ url: '' })
  const args = {
    url,
    tag,
    application,
    filtered_query_params,
    timeout,
    concurrent_peer_count,
    piece_length: null,
    task_id: 'abc',
  }
  const facts = asObject(factsOf(sampleJob({ type: 'get_task', args })))
  assert.deepEqual(facts['Task id'], ['abc'])
  assert.equal(facts['Scope'], undefined)
})
