// Every way in which an instance can be made in Harbor: endpoints, and auth modes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adminToken } from '../../support/service.ts'
import type { Instance } from '../harbor/client.ts'
import { isLegacy, type Stage, versions } from '../stage.ts'
import { everyVersion, works } from './harbor-jobs.ts'

/** Set for the stage as WARMFRONT_PATH_PREFIXES. */
export const pathPrefixes = '/edge,/factory/floor=1'

interface Row {
  readonly name: string
  /** Below the service's address. */
  readonly endpoint: string
  readonly auth?: Instance['auth']
}

const anyHarbor: readonly Row[] = [
  { name: 'the token in the path', endpoint: `/t/${adminToken}` },
  { name: 'a trailing slash', endpoint: `/t/${adminToken}/` },
  { name: 'a prefix before the token', endpoint: `/edge/t/${adminToken}` },
  { name: 'a prefix after the token, and a trailing slash', endpoint: `/t/${adminToken}/edge/` },
  { name: 'a prefix of a cluster', endpoint: `/factory/floor/t/${adminToken}` },
]

const newHarbor: readonly Row[] = [
  { name: 'OAUTH', endpoint: '', auth: { mode: 'OAUTH', info: { token: adminToken } } },
  { name: 'OAUTH below a prefix', endpoint: '/edge/', auth: { mode: 'OAUTH', info: { token: adminToken } } },
  {
    name: 'BASIC made in the user interface, where the user name comes first',
    endpoint: '',
    auth: { mode: 'BASIC', info: { username: adminToken, password: adminToken } },
  },
  {
    name: 'BASIC made in the user interface, where the password comes first',
    endpoint: '',
    auth: { mode: 'BASIC', info: { password: adminToken, username: adminToken } },
  },
  { name: 'BASIC made through the API', endpoint: '', auth: { mode: 'BASIC', info: { harbor: adminToken } } },
  { name: 'CUSTOM', endpoint: '', auth: { mode: 'CUSTOM', info: { 'x-api-key': adminToken } } },
]

const slug = (text: string): string => text.toLowerCase().replaceAll(/\W+/g, '-')

export function harborInstances(stage: () => Stage): void {
  for (const provider of ['dragonfly', 'kraken'] as const) {
    for (const { name, endpoint } of anyHarbor) {
      test(`every Harbor's ${provider}: the mode NONE and ${name}`, async () => {
        await everyVersion(async (version) => {
          const harbor = stage().harbor(version, provider, { endpoint: stage().service.url + endpoint })
          await works(stage(), harbor, `library/${slug(name)}-${provider}-${version}`)
        })
      })
    }

    for (const { name, endpoint, auth } of newHarbor) {
      test(`Harbor 2.12 and later, its ${provider}: ${name}`, async () => {
        for (const version of versions.filter((known) => !isLegacy(known))) {
          const instance = { endpoint: stage().service.url + endpoint, ...(auth === undefined ? {} : { auth }) }
          const harbor = stage().harbor(version, provider, instance)
          await works(stage(), harbor, `library/${slug(name)}-${provider}-${version}`)
        }
      })
    }
  }

  test('user and password in the endpoint work everywhere, though health loses them since 2.5', async () => {
    const endpoint = stage().service.url.replace('//', `//harbor:${adminToken}@`)
    await everyVersion(async (version) => {
      await works(stage(), stage().harbor(version, 'dragonfly', { endpoint }), `library/userinfo-${version}`)
    })
  })

  test('a wrong token makes an instance unhealthy, in every way that it can be sent', async () => {
    const wrong = 'wf_wrong-0123456789abcdefghijklmnopqrstuvwxyz'
    const inPath: Instance = { endpoint: `${stage().service.url}/t/${wrong}` }
    await everyVersion(async (version) => {
      const { outcome, error } = await stage().harbor(version, 'dragonfly', inPath).health()
      assert.equal(outcome, 'error')
      assert.match(error, /error: 401 Unauthorized \{.*not known here.*\}$/)
    })
    for (const [mode, key] of [
      ['OAUTH', 'token'],
      ['BASIC', 'username'],
      ['CUSTOM', 'X-Api-Key'],
    ] as const) {
      const instance: Instance = { endpoint: stage().service.url, auth: { mode, info: { [key]: wrong } } }
      assert.equal((await stage().harbor('v2.15.2', 'dragonfly', instance).health()).outcome, 'error')
    }
  })

  test('without a token, health is good and a job is refused with a reason', async () => {
    await everyVersion(async (version) => {
      const harbor = stage().harbor(version, 'dragonfly', { endpoint: stage().service.url })
      assert.equal((await harbor.health()).harborStatus, 'Healthy')
      const { status, log } = await harbor.run(stage().push(`library/no-token-${version}`))
      assert.equal(status, 'Error')
      assert.match(log.at(-1) ?? '', /^POST .* error: 401 Unauthorized \{.*needs a token.*\}$/)
    })
  })

  test('Harbor up to 2.11 cannot send a credential that it stores: no request goes out', async () => {
    const auth = { mode: 'OAUTH', info: { token: adminToken } } as const
    for (const version of versions.filter(isLegacy)) {
      const { error } = await stage().harbor(version, 'dragonfly', { endpoint: stage().service.url, auth }).health()
      assert.equal(error, 'no credential data provided')
    }
  })
}
