import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { rootCertificates } from 'node:tls'
import { test } from 'node:test'
import { current } from '../../../src/kit/live.ts'
import { load, mistakesOf } from './given.ts'

const [pem = ''] = rootCertificates

test('settings: without any, the documented defaults hold', () => {
  const config = load({})
  assert.equal(config.host, '127.0.0.1')
  assert.equal(config.port, 8080)
  assert.equal(config.data_dir, './data')
  assert.equal(config.database_url, undefined)
  assert.equal(config.legacy_auth, 'required')
  assert.equal(config.job_timeout, 29 * 60_000)
  assert.deepEqual(config.platforms, ['linux/amd64', 'linux/arm64'])
  assert.deepEqual([config.egress_allow, config.egress_deny, config.egress_ports], [[], [], []])
  assert.equal(config.docker_config, undefined)
  assert.equal(config.origin_bandwidth, undefined)
  assert.equal(config.origin_connect_timeout, 10_000)
  assert.equal(config.origin_first_byte_timeout, 30_000)
  assert.equal(config.origin_no_progress_timeout, 60_000)
  assert.deepEqual(config.tls, {})
  assert.deepEqual(config.registries, {})
  assert.deepEqual(config.clusters, [])
  assert.deepEqual([config.tasks_at_once, config.origin_tasks_at_once], [512, 256])
  assert.deepEqual([config.peer_check_interval, config.peer_discovery_interval], [15_000, 60_000])
  assert.equal(config.peer_answer_timeout, 30 * 60_000)
})

test('settings: the environment wins over the file, and an empty variable does not count', () => {
  const files = { 'warmfront.yaml': 'port: 9000\nhost: 0.0.0.0\negress_allow: [10.0.0.0/8, registry.example.com]\n' }
  const config = load({ WARMFRONT_PORT: '9001', WARMFRONT_HOST: '' }, files)
  assert.equal(config.port, 9001)
  assert.equal(config.host, '0.0.0.0')
  assert.deepEqual(config.egress_allow, ['10.0.0.0/8', 'registry.example.com'])
})

test('settings: another file can be named, and must then be there', () => {
  assert.equal(load({ WARMFRONT_CONFIG: 'other.yaml' }, { 'other.yaml': 'port: 7' }).port, 7)
  assert.deepEqual(mistakesOf({ WARMFRONT_CONFIG: 'missing.yaml' }), [
    'WARMFRONT_CONFIG is "missing.yaml"; expected a file that can be read',
  ])
})

test('settings: every mistake is reported at once, with name, value and what was expected', () => {
  const env = {
    WARMFRONT_PORT: '70000',
    WARMFRONT_LEGACY_AUTH: 'maybe',
    WARMFRONT_ADMIN_TOKEN: 'short',
    WARMFRONT_PROT: '1',
  }
  const file = 'cache_size: much\ncolour: red\nregistries: { "r:5000": { usernam: x, ca_cert: /missing.pem } }\n'
  assert.deepEqual(mistakesOf(env, { 'warmfront.yaml': file }), [
    'WARMFRONT_ADMIN_TOKEN is "***"; expected a text of 32 characters or more',
    'WARMFRONT_LEGACY_AUTH is "maybe"; expected one of required, open',
    'WARMFRONT_PORT is "70000"; expected a whole number from 0 to 65535',
    'WARMFRONT_PROT is not a setting',
    'cache_size is "much"; expected a size such as 512MiB, 50GiB or 2TiB',
    'colour is not a setting',
    'registries.r:5000.ca_cert is "/missing.pem"; expected the path of a file that can be read',
    'registries.r:5000.usernam is not a setting; expected one of username, password, password_file, ca_cert, client_cert, client_key, server_name, insecure_skip_verify, plain_http, platforms, concurrency, bandwidth',
  ])
})

for (const { file, mistake } of [
  { file: '- port: 1', mistake: 'warmfront.yaml holds no mapping; expected "name: value" lines' },
  { file: 'port: 1\nport: 2', mistake: 'warmfront.yaml is not YAML: Map keys must be unique in line 2' },
  {
    file: 'a: 1\nsecret_key: !hunter22',
    mistake: 'warmfront.yaml is not YAML: Unresolved tag in line 2',
  },
  {
    file: 'secret_key: |hunter22',
    mistake: 'warmfront.yaml is not YAML: Block scalar header includes extra characters in line 1',
  },
  {
    file: 'secret_key: *hunter22',
    mistake: 'warmfront.yaml is not YAML: Unresolved alias (the anchor must be set before the alias)',
  },
]) {
  test(`settings: a file that is ${JSON.stringify(file)} is a mistake that quotes none of it`, () => {
    assert.deepEqual(mistakesOf({}, { 'warmfront.yaml': file }), [mistake])
  })
}

test("settings: Dragonfly's job.preheat.tls works as it is, with a path or the text itself", () => {
  const asPath =
    'job:\n  rateLimit: 1\n  preheat:\n    tls:\n      insecureSkipVerify: true\n      caCert: /etc/certs/ca.crt\n'
  const { tls } = load({}, { 'warmfront.yaml': asPath, '/etc/certs/ca.crt': pem })
  assert.equal(tls.insecureSkipVerify, true)
  assert.equal(current(tls.caCert), pem)
  const asText = `job:\n  preheat:\n    tls:\n      caCert: |\n${pem.replace(/^/gm, '        ')}\n`
  assert.equal(load({}, { 'warmfront.yaml': asText }).tls.caCert, `${pem}\n`)
})

test('settings: secrets cannot be printed', () => {
  const secret = 'a-very-secret-token-of-at-least-32-chars'
  const file =
    'registries: { "r.example.com": { username: u, password: pa55word-of-r }, s: { username: u, password_file: /run/s } }'
  const env = { WARMFRONT_ADMIN_TOKEN: secret, DATABASE_URL: 'postgresql://u:hunter22@db/w' }
  const config = load(env, { 'warmfront.yaml': file, '/run/s': 'pa55word-of-s' })
  const ofS = current(config.registries['s']?.password)
  const printed = [inspect([config, ofS], { depth: 9 }), JSON.stringify([config, ofS]), String(config.admin_token)]
  for (const text of [secret, 'hunter22', 'pa55word']) assert.equal(printed.join('\n').includes(text), false)
  assert.equal(config.admin_token?.reveal(), secret)
  assert.equal(config.database_url?.reveal(), 'postgresql://u:hunter22@db/w')
  assert.equal(current(config.registries['r.example.com']?.password)?.reveal(), 'pa55word-of-r')
  assert.equal(ofS?.reveal(), 'pa55word-of-s')
})

test('settings: the variables that Kubernetes sets for a Service named warmfront are not taken for ours', () => {
  const config = load({
    WARMFRONT_PORT: 'tcp://10.0.0.7:8080',
    WARMFRONT_SERVICE_HOST: '10.0.0.7',
    WARMFRONT_SERVICE_PORT_HTTP: '8080',
    WARMFRONT_PORT_8080_TCP_ADDR: '10.0.0.7',
  })
  assert.equal(config.port, 8080)
})
