// `clusters:` of the settings file.

import assert from 'node:assert/strict'
import { rootCertificates } from 'node:tls'
import { inspect } from 'node:util'
import { test } from 'node:test'
import { stringify } from 'yaml'
import type { ClusterSettings } from '../../../src/config/clusters.ts'
import { current } from '../../../src/kit/live.ts'
import { makeCertificate } from '../../support/certificates.ts'
import { requires } from '../../support/requires.ts'
import { load, mistakesOf } from './given.ts'

const [pem = ''] = rootCertificates

const files = (clusters: unknown) => ({ 'warmfront.yaml': stringify({ clusters }), '/ca.crt': pem })
const read = (clusters: unknown): readonly ClusterSettings[] => load({}, files(clusters)).clusters

test('clusters: name, driver and platforms are taken out, and the rest is as it stands there', () => {
  const edge = {
    name: 'edge',
    driver: 'dragonfly',
    platforms: ['linux/arm64'],
    schedulers: ['scheduler:8002'],
    registry_urls: { 'docker.io': 'https://index.docker.io' },
    peers: [{ address: '10.0.0.7:4000', seed: true }],
    piece_length: null,
  }
  const { name, driver, platforms, ...settings } = edge
  assert.deepEqual(read([edge, { name: 'cellar', driver: 'local' }]), [
    { name, driver, platforms, settings },
    { name: 'cellar', driver: 'local', platforms: [], settings: {} },
  ])
})

test('clusters: one text is a list of platforms, and a number may be a name', () => {
  const [cluster] = read([{ name: 7, driver: 'local', platforms: 'linux/amd64,all' }])
  assert.deepEqual([cluster?.name, cluster?.platforms], ['7', ['linux/amd64', 'all']])
})

test('clusters: none, and nothing, are no clusters', () => {
  assert.deepEqual(load({}, { 'warmfront.yaml': 'clusters:' }).clusters, [])
  assert.deepEqual(read([]), [])
})

test('clusters: an authority for TLS may be a path or the text itself, and is no setting of the driver', () => {
  const [byPath, byText, plain] = read([
    { name: 'a', driver: 'd', tls: { ca_cert: '/ca.crt', server_name: 'Peers.internal' } },
    { name: 'b', driver: 'd', tls: { ca_cert: pem, insecure_skip_verify: true } },
    { name: 'c', driver: 'd', tls: {} },
  ])
  assert.equal(current(byPath?.tls?.caCert), pem)
  assert.equal(byPath?.tls?.serverName, 'peers.internal')
  assert.deepEqual(byText?.tls, { caCert: pem, insecureSkipVerify: true })
  assert.deepEqual(plain, { name: 'c', driver: 'd', platforms: [], settings: {}, tls: {} })
  assert.deepEqual(byPath?.settings, {})
})

const noOpenssl = { skip: requires('openssl', 'openssl') }
test('clusters: a client certificate comes with its key, which cannot be printed', noOpenssl, async () => {
  const [own, other] = await Promise.all([makeCertificate(), makeCertificate()])
  const of = (key: string) => [{ name: 'edge', driver: 'd', tls: { client_cert: own.cert, client_key: key } }]
  const clusters = read(of(own.key))
  assert.equal(current(clusters[0]?.tls?.clientKey)?.reveal(), own.key)
  assert.doesNotMatch(inspect(clusters, { depth: 9 }) + JSON.stringify(clusters), /PRIVATE KEY/)
  assert.deepEqual(mistakesOf({}, files(of(other.key))), [
    'clusters.edge.tls has a client_key that is not of its client_cert; expected its own',
  ])
})

const tlsKeys = 'ca_cert, client_cert, client_key, server_name, insecure_skip_verify'
const usual = { name: 'edge', driver: 'd' }

/** In the order of the alphabet. */
const mistakes: readonly (readonly [given: unknown, ...mistakes: string[]])[] = [
  [{ edge: {} }, 'clusters is no list; expected one of mappings with name, driver and what the driver needs'],
  [['hunter22'], 'clusters[0] is no mapping; expected one with name, driver, platforms'],
  [[{}], 'clusters[0] has no driver; expected one', 'clusters[0] has no name; expected one'],
  [[usual, { driver: 'd' }], 'clusters[1] has no name; expected one'],
  [[{ name: 'edge' }], 'clusters.edge has no driver; expected one'],
  [[usual, usual], 'the name of two clusters is "edge"; expected a name for each'],
  [
    [{ ...usual, name: 'x'.repeat(101) }],
    `clusters.${'x'.repeat(101)}.name is "${'x'.repeat(101)}"; expected a text of at most 100 characters`,
  ],
  [[{ ...usual, name: ['edge'] }], 'clusters[0].name is ["edge"]; expected a text'],
  [
    [{ ...usual, platforms: 'amd64' }],
    'clusters.edge.platforms is "amd64"; expected a platform such as linux/arm64, or all',
  ],
  [[{ ...usual, tls: true }], `clusters.edge.tls is no mapping; expected one with ${tlsKeys}`],
  [[{ ...usual, tls: { cacert: pem } }], `clusters.edge.tls.cacert is not a setting; expected one of ${tlsKeys}`],
  [
    [{ ...usual, tls: { ca_cert: '/missing', client_key: 'hunter22' } }],
    'clusters.edge.tls has client_key; expected client_cert beside it',
    'clusters.edge.tls.ca_cert is "/missing"; expected the path of a file that can be read',
    'clusters.edge.tls.client_key is "***"; expected the path of a file that can be read',
  ],
  [
    [{ ...usual, tls: { server_name: '10.0.0.7' } }],
    'clusters.edge.tls.server_name is "10.0.0.7"; expected a host such as registry.example.com',
  ],
]

for (const [given, ...expected] of mistakes) {
  test(`clusters: ${JSON.stringify(given).slice(0, 80)} is refused without showing a secret`, () => {
    assert.deepEqual(mistakesOf({}, files(given)), expected)
  })
}

test('clusters: their mistakes are told with all others', () => {
  const file = 'port: 70000\nclusters: [{ name: edge }]\n'
  assert.deepEqual(mistakesOf({}, { 'warmfront.yaml': file }), [
    'clusters.edge has no driver; expected one',
    'port is 70000; expected a whole number from 0 to 65535',
  ])
})
