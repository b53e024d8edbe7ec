// What is known of one registry.

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { test } from 'node:test'
import { stringify } from 'yaml'
import type { RegistrySettings } from '../../../src/config/registries.ts'
import { current } from '../../../src/kit/live.ts'
import { makeCertificate } from '../../support/certificates.ts'
import { requires } from '../../support/requires.ts'
import { load, mistakesOf } from './given.ts'

const [pem = '', otherPem = ''] = rootCertificates
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = privateKey.export({ type: 'pkcs8', format: 'pem' })
const sealedKey = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hunter22' })
const truncated = pem.slice(0, pem.length / 2)

const files = {
  '/ca.crt': pem,
  '/bundle.crt': `# two authorities\n${pem}\n${otherPem}\n`,
  '/half.crt': `${pem}\n${truncated}`,
  '/tls.key': String(key),
  '/sealed.key': String(sealedKey),
  '/password': 'pa55word\n',
  '/windows': 'pa55word\r\n',
  '/two-lines': 'pa55word\n\n',
  '/empty': '\n',
}

const fileWith = (of: unknown) => ({
  ...files,
  'warmfront.yaml': stringify({ registries: { 'R.example.com:5000': of } }),
})

function read(of: unknown): RegistrySettings {
  const settings = load({}, fileWith(of)).registries['r.example.com:5000']
  assert.ok(settings)
  return settings
}

const values: readonly (readonly [given: unknown, read: RegistrySettings])[] = [
  [{}, {}],
  [{ username: 'robot$puller', password: null, ca_cert: '', client_key: null }, { username: 'robot$puller' }],
  [{ server_name: 'Registry.internal' }, { serverName: 'registry.internal' }],
  [
    { insecure_skip_verify: true, plain_http: 'false' },
    { insecureSkipVerify: true, plainHttp: false },
  ],
  [{ platforms: 'linux/amd64, all' }, { platforms: ['linux/amd64', 'all'] }],
  [
    { concurrency: 1000, bandwidth: '512KiB/s' },
    { concurrency: 1000, bandwidth: 524_288 },
  ],
  [{ ca_cert: pem }, { caCert: pem }],
]

for (const [given, expected] of values) {
  test(`registries: ${JSON.stringify(given).slice(0, 80)} is read`, () => assert.deepEqual(read(given), expected))
}

test('registries: a password may be text, a number, or in a file, without the newline at its end', () => {
  const revealed = (given: unknown) => current(read(given).password)?.reveal()
  assert.equal(revealed({ username: 'u', password: 'pa55word' }), 'pa55word')
  assert.equal(revealed({ username: 'u', password: 1234 }), '1234')
  assert.equal(revealed({ username: 'u', password_file: '/password' }), 'pa55word')
  assert.equal(revealed({ username: 'u', password_file: '/windows' }), 'pa55word')
  assert.equal(revealed({ username: 'u', password_file: '/two-lines' }), 'pa55word\n')
})

test('registries: authorities may be a bundle in a file', () => {
  assert.equal(current(read({ ca_cert: '/bundle.crt' }).caCert), files['/bundle.crt'])
})

test('registries: a client certificate comes with its key', { skip: requires('openssl', 'openssl') }, async () => {
  const [own, other] = await Promise.all([makeCertificate(), makeCertificate()])
  const text = read({ client_cert: own.cert, client_key: own.key })
  assert.equal(text.clientCert, own.cert)
  assert.equal(current(text.clientKey)?.reveal(), own.key)
  const inFiles = { '/own.crt': own.cert, '/own.key': own.key, '/other.key': other.key }
  const paths = { client_cert: '/own.crt', client_key: '/own.key' }
  const { clientCert, clientKey } = load({}, { ...fileWith(paths), ...inFiles }).registries['r.example.com:5000'] ?? {}
  assert.equal(current(clientCert), own.cert)
  assert.equal(current(clientKey)?.reveal(), own.key)
  const crossed = fileWith({ client_cert: '/own.crt', client_key: '/other.key' })
  assert.deepEqual(mistakesOf({}, { ...crossed, ...inFiles }), [
    'registries.R.example.com:5000 has a client_key that is not of its client_cert; expected its own',
  ])
})

const keys =
  'username, password, password_file, ca_cert, client_cert, client_key, server_name, insecure_skip_verify, plain_http, platforms, concurrency, bandwidth'
const unreadable = 'the path of a file that can be read'
const host = 'a host such as registry.example.com'
const rate = 'bytes a second such as 512KiB, 100MiB or 1GiB, from 64KiB to 1024GiB'

/** What is said after the registry's name. */
const mistakes: readonly (readonly [given: unknown, ...mistakes: string[]])[] = [
  ['hunter22', ` is no mapping; expected one with ${keys}`],
  [{ pasword: 'hunter22' }, `.pasword is not a setting; expected one of ${keys}`],
  [{ constructor: 'hunter22' }, `.constructor is not a setting; expected one of ${keys}`],
  [{ username: 'u', password: ['hunter22'] }, '.password is "***"; expected a text'],
  [{ username: 'u', password_file: '/missing' }, `.password_file is "/missing"; expected ${unreadable}`],
  [{ username: 'u', password_file: '/empty' }, '.password_file is "/empty"; expected a file with a password in it'],
  [{ password: 'hunter22' }, ' has a password; expected username beside it'],
  [{ password_file: '/password' }, ' has a password; expected username beside it'],
  [
    { username: 'u', password: 'hunter22', password_file: '/password' },
    ' has both password and password_file; expected one',
  ],
  [{ ca_cert: '/missing' }, `.ca_cert is "/missing"; expected ${unreadable}`],
  [{ ca_cert: '/tls.key' }, '.ca_cert is "/tls.key"; expected a file with a PEM certificate in it'],
  [{ ca_cert: '/half.crt' }, '.ca_cert is "/half.crt"; expected a file with a PEM certificate in it'],
  [{ ca_cert: truncated }, '.ca_cert is "***"; expected a PEM certificate, or the path of a file with one'],
  [{ ca_cert: key }, '.ca_cert is "***"; expected a PEM certificate, or the path of a file with one'],
  [{ ca_cert: '-----BEGIN hunter22' }, '.ca_cert is "***"; expected a PEM certificate, or the path of a file with one'],
  [{ client_cert: '/ca.crt' }, ' has client_cert; expected client_key beside it'],
  [{ client_key: '/tls.key' }, ' has client_key; expected client_cert beside it'],
  [{ client_cert: '/ca.crt', client_key: '/missing' }, `.client_key is "***"; expected ${unreadable}`],
  [
    { client_cert: '/missing', client_key: '/sealed.key' },
    `.client_cert is "/missing"; expected ${unreadable}`,
    '.client_key is "***"; expected a file with a PEM private key without a passphrase in it',
  ],
  [
    { client_cert: '/ca.crt', client_key: sealedKey },
    '.client_key is "***"; expected a PEM private key without a passphrase, or the path of a file with one',
  ],
  [{ server_name: '10.0.0.7' }, `.server_name is "10.0.0.7"; expected ${host}`],
  [{ server_name: '::1' }, `.server_name is "::1"; expected ${host}`],
  [{ server_name: '*.example.com' }, `.server_name is "*.example.com"; expected ${host}`],
  [{ insecure_skip_verify: 'yes' }, '.insecure_skip_verify is "yes"; expected true or false'],
  [{ platforms: 'amd64' }, '.platforms is "amd64"; expected a platform such as linux/arm64, or all'],
  [{ concurrency: 0 }, '.concurrency is 0; expected a whole number from 1 to 1000'],
  [{ concurrency: 1001 }, '.concurrency is 1001; expected a whole number from 1 to 1000'],
  [{ bandwidth: 'fast' }, `.bandwidth is "fast"; expected ${rate}`],
]

for (const [given, ...expected] of mistakes) {
  test(`registries: ${JSON.stringify(given).slice(0, 80)} is refused without showing a secret`, () => {
    assert.deepEqual(
      mistakesOf({}, fileWith(given)),
      expected.map((end) => `registries.R.example.com:5000${end}`),
    )
  })
}

test('registries: a list in place of the mapping is refused, and not shown', () => {
  const file = 'registries: [{ host: r.example.com, password: hunter22 }]'
  assert.deepEqual(mistakesOf({}, { 'warmfront.yaml': file }), [
    'registries is no mapping; expected one from host and port to the settings of that registry',
  ])
})

test('registries: job.preheat.tls is held to the same certificates', () => {
  const preheat = { tls: { caCert: '/half.crt', insecureSkipVerify: 'perhaps', caKey: 'hunter22' } }
  assert.deepEqual(mistakesOf({}, { ...files, 'warmfront.yaml': stringify({ job: { preheat } }) }), [
    'job.preheat.tls.caCert is "/half.crt"; expected a file with a PEM certificate in it',
    'job.preheat.tls.caKey is not a setting; expected one of caCert, insecureSkipVerify',
    'job.preheat.tls.insecureSkipVerify is "perhaps"; expected true or false',
  ])
})
