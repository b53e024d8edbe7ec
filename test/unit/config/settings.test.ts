// Every row of the table: read from the file and from the environment, and what it does not take.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '../../../src/kit/secret.ts'
import { environmentName, settings, type SettingName } from '../../../src/config/settings.ts'
import { load, mistakesOf } from './given.ts'

const files = { '/docker.json': '{"auths":{}}', '/list.json': '[]', '/half.json': '{"auths":' }
const secret = 'a text of thirty-two characters, or more'

/** `env` where the environment spells it in another way than the file. */
interface Row {
  readonly file: string
  readonly env?: string
  readonly value: unknown
}

const mib = 2 ** 20
const rows: Readonly<Record<SettingName, Row>> = {
  host: { file: '0.0.0.0', value: '0.0.0.0' },
  port: { file: '9000', value: 9000 },
  data_dir: { file: '/var/lib/warmfront', value: '/var/lib/warmfront' },
  database_url: { file: 'postgresql://u@db/w', value: 'postgresql://u@db/w' },
  admin_token: { file: secret, value: secret },
  secret_key: { file: secret, value: secret },
  legacy_auth: { file: 'open', value: 'open' },
  mirror_allow: { file: '["10.0.0.0/8", "::1"]', env: '10.0.0.0/8,::1', value: ['10.0.0.0/8', '::1'] },
  egress_allow: {
    file: '[10.0.0.0/8, R.example.com]',
    env: '10.0.0.0/8, R.example.com',
    value: ['10.0.0.0/8', 'r.example.com'],
  },
  egress_deny: {
    file: '[10.1.0.0/16, "*.example.org"]',
    env: '10.1.0.0/16,*.example.org',
    value: ['10.1.0.0/16', '*.example.org'],
  },
  egress_ports: {
    file: '[443, 5000, 8000-8999]',
    env: '443,5000,8000-8999',
    value: [
      { from: 443, to: 443 },
      { from: 5000, to: 5000 },
      { from: 8000, to: 8999 },
    ],
  },
  docker_config: { file: '/docker.json', value: '{"auths":{}}' },
  contracts: { file: '[preheats, ops]', env: 'preheats,ops', value: ['preheats', 'ops'] },
  path_prefixes: { file: '[/edge=2+3]', env: '/edge=2+3', value: [{ path: '/edge', clusterIds: [2, 3] }] },
  rate_limit_token: { file: '10', value: 10 },
  rate_limit_address: { file: '11', value: 11 },
  rate_limit_failed_auth: { file: '12', value: 12 },
  trusted_proxies: { file: '[10.0.0.1]', env: '10.0.0.1', value: ['10.0.0.1'] },
  drain_delay: { file: '0s', value: 0 },
  log_level: { file: 'debug', value: 'debug' },
  cache_size: { file: '2TiB', value: 2 * 2 ** 40 },
  tag_lifetime: { file: '2h', value: 7_200_000 },
  platforms: { file: '[linux/arm64, all]', env: 'linux/arm64,all', value: ['linux/arm64', 'all'] },
  job_timeout: { file: '10m', value: 600_000 },
  job_timeout_max: { file: '1d', value: 86_400_000 },
  jobs_at_once: { file: '1', value: 1 },
  peer_concurrency: { file: '2', value: 2 },
  tasks_at_once: { file: '10000', value: 10_000 },
  origin_tasks_at_once: { file: '4', value: 4 },
  peer_check_interval: { file: '5s', value: 5000 },
  peer_discovery_interval: { file: '1h', value: 3_600_000 },
  peer_answer_timeout: { file: '2h', value: 7_200_000 },
  origin_concurrency: { file: '3', value: 3 },
  origin_bandwidth: { file: '100MiB/s', value: 100 * mib },
  origin_connect_timeout: { file: '100ms', value: 100 },
  origin_first_byte_timeout: { file: '5m', value: 300_000 },
  origin_no_progress_timeout: { file: '1h', value: 3_600_000 },
  job_lease: { file: '3s', value: 3000 },
}

/** As a reader of the configuration sees it. */
const plain = (value: unknown): unknown =>
  value instanceof Secret ? value.reveal() : typeof value === 'function' ? (value() as unknown) : value

for (const name of Object.keys(settings) as SettingName[]) {
  const { file, env = file, value } = rows[name]
  test(`settings: ${name} is read from the file and from the environment`, () => {
    assert.deepEqual(plain(load({}, { ...files, 'warmfront.yaml': `${name}: ${file}` })[name]), value)
    assert.deepEqual(plain(load({ [environmentName(name)]: env }, files)[name]), value)
  })
}

const timeout = 'a duration such as 90s, 29m or 24h, from 100 ms to 3600000 ms'
const interval = 'a duration such as 90s, 29m or 24h, from 1000 ms to 3600000 ms'
const rate = 'bytes a second such as 512KiB, 100MiB or 1GiB, from 64KiB to 1024GiB'
const port = 'a port such as 443, or a range such as 8000-8999'
const host = 'a network such as 10.0.0.0/8 or a host such as registry.example.com'

const refused: readonly (readonly [name: SettingName, value: string, expected: string])[] = [
  ['egress_deny', '10.0.0.0/33', host],
  ['egress_deny', '*.10.0', host],
  ['egress_allow', 'http://registry.example.com', host],
  ...['0', '65536', '443-', '-443', '9000-8000', '1-65536', 'https', '443:444'].map(
    (value) => ['egress_ports', value, port] as const,
  ),
  ['docker_config', '/missing.json', 'the path of a file that can be read'],
  ['docker_config', '/list.json', 'a file with a JSON object in it'],
  ['docker_config', '/half.json', 'a file with a JSON object in it'],
  ...['much', '100', '100MB', '63KiB', '0MiB', '1025GiB', '1TiB', '1.5MiB', '-1MiB', '100MiB/m'].map(
    (value) => ['origin_bandwidth', value, rate] as const,
  ),
  ['origin_connect_timeout', '99ms', timeout],
  ['origin_first_byte_timeout', '61m', timeout],
  ['origin_no_progress_timeout', '60', timeout],
  ['tasks_at_once', '0', 'a whole number from 1 to 10000'],
  ['origin_tasks_at_once', '10001', 'a whole number from 1 to 10000'],
  ['peer_check_interval', '999ms', interval],
  ['peer_discovery_interval', '61m', interval],
  ['peer_answer_timeout', '25h', 'a duration such as 90s, 29m or 24h, from 1000 ms to 86400000 ms'],
  ['cache_size', '512KiB', 'a size such as 512MiB, 50GiB or 2TiB'],
]

for (const [name, value, expected] of refused) {
  test(`settings: ${name} does not take ${value}`, () => {
    const variable = environmentName(name)
    assert.deepEqual(mistakesOf({ [variable]: value }, files), [`${variable} is "${value}"; expected ${expected}`])
  })
}

test('settings: a single port in the file needs no list', () => {
  assert.deepEqual(load({}, { 'warmfront.yaml': 'egress_ports: 443' }).egress_ports, [{ from: 443, to: 443 }])
  assert.deepEqual(mistakesOf({}, { 'warmfront.yaml': 'egress_ports: { from: 1 }' }), [
    'egress_ports is {"from":1}; expected a list, or texts with commas between them',
  ])
})

for (const [written, bytes] of [
  ['64KiB', 65_536],
  ['64 KiB/s', 65_536],
  ['1024GiB', 2 ** 40],
] as const) {
  test(`settings: a rate of ${written} is ${bytes} bytes a second`, () => {
    assert.equal(load({ WARMFRONT_ORIGIN_BANDWIDTH: written }).origin_bandwidth, bytes)
  })
}

test("settings: the content of docker's config.json in place of its path is not shown", () => {
  assert.deepEqual(mistakesOf({ WARMFRONT_DOCKER_CONFIG: '{"auths":{"r":{"auth":"aHVudGVyMjI="}}}' }), [
    'WARMFRONT_DOCKER_CONFIG is "***"; expected the path of a file that can be read',
  ])
})
