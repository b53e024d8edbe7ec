// What the clusters API takes as settings of a driver.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toSettings } from '../../../../src/contracts/open-api/settings.ts'
import { Failure } from '../../../../src/model/failure.ts'
import type { JsonObject } from '../../../../src/model/peer.ts'

const fine: readonly JsonObject[] = [
  {},
  { peers: [{ address: '10.0.0.7:4000', hostname: 'node-7', seed: true }] },
  { schedulers: ['scheduler:8002'], task_id: 'auto', registry_urls: { 'docker.io': 'https://index.docker.io' } },
  { upstreams: { 'docker.io': { prefix: '/hub', ns: true } }, hit_header: 'x-cache' },
]
for (const settings of fine) {
  test(`taken as they are: ${JSON.stringify(settings)}`, () => assert.deepEqual(toSettings(settings), settings))
}

let deep: JsonObject = {}
for (let n = 0; n < 5000; n++) deep = { a: deep }

const refused: readonly { readonly name: string; readonly settings: JsonObject; readonly says: RegExp }[] = [
  { name: 'a password', settings: { password: 'p' }, says: /^settings\.password looks like a secret/ },
  { name: 'a key deep inside', settings: { a: [{ client_key: 'k' }] }, says: /^settings\.a\.0\.client_key/ },
  { name: 'a token in another case', settings: { accessToken: 't' }, says: /accessToken/ },
  { name: 'a password in an address', settings: { a: ['https://u:p@b/'] }, says: /^settings\.a\.0 looks/ },
  { name: 'TLS', settings: { tls: { ca_cert: 'x' } }, says: /^settings\.tls is not taken here/ },
  { name: 'too much', settings: { peers: ['x'.repeat(300_000)] }, says: /longer than 262144/ },
  { name: 'too deep', settings: deep, says: /too deep/ },
]
for (const { name, settings, says } of refused) {
  test(`refused: ${name}`, () => {
    assert.throws(
      () => toSettings(settings),
      (error) => error instanceof Failure && error.code === 'request.invalid' && says.test(error.message),
    )
  })
}
