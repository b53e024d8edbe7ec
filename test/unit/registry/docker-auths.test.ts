// Docker's config.json: whose credential stands in it, and for which registry exactly.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DockerAuths, parseDockerAuths } from '../../../src/registry/docker-auths.ts'

const auth = Buffer.from('ann:s3:cret').toString('base64')
const named = (entry: object, key = 'r.io') => {
  const identity = parseDockerAuths(JSON.stringify({ auths: { [key]: entry } })).get('r.io')
  if (identity?.by !== 'credential') return identity
  const { username, password, isIdentityToken } = identity.credential
  return `${isIdentityToken ? 'identity ' : ''}${username}/${password.reveal()}`
}

const entries: readonly (readonly [string, object, unknown])[] = [
  ['auth', { auth }, 'ann/s3:cret'],
  ['a user name and a password', { username: 'ann', password: 'x' }, 'ann/x'],
  ['both, of which the plain ones count', { auth, username: 'bob', password: 'x' }, 'bob/x'],
  ['an identity token', { auth, identitytoken: 'refresh' }, 'identity ann/refresh'],
  ['an identity token alone', { identitytoken: 'refresh' }, 'identity /refresh'],
  ['the user <token>', { username: '<token>', password: 'refresh' }, 'identity <token>/refresh'],
  [
    'a registry token',
    { auth, registrytoken: 'jwt' },
    { by: 'header', called: "the credential in docker's config", authorization: 'Bearer jwt' },
  ],
  ['nothing, as where a helper keeps it', {}, undefined],
  ['an auth without a colon', { auth: Buffer.from('ann').toString('base64') }, undefined],
  ['an auth without a user', { auth: Buffer.from(':x').toString('base64') }, undefined],
  ['numbers', { auth: 7, username: 8, password: 9 }, undefined],
]
for (const [name, entry, expected] of entries) {
  test(`an entry with ${name} gives ${JSON.stringify(expected) ?? 'nothing'}`, () => {
    assert.deepEqual(named(entry), expected)
  })
}

for (const key of ['r.io', 'R.IO', 'https://r.io', 'https://r.io/', 'http://r.io/v1/', 'https://r.io/v2/', 'r.io/v2']) {
  test(`the key ${key} is for r.io`, () => assert.equal(named({ auth }, key), 'ann/s3:cret'))
}
for (const key of ['r.io:5000', 'r.io/team', 'x.r.io', 'r.io.evil.com', 'ftp://r.io', '', 'https://']) {
  test(`the key ${JSON.stringify(key)} is not for r.io`, () => assert.equal(named({ auth }, key), undefined))
}

for (const key of ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io', 'registry-1.docker.io']) {
  test(`the key ${key} is for Docker Hub`, () => {
    assert.ok(parseDockerAuths(JSON.stringify({ auths: { [key]: { auth } } })).has('docker.io'))
  })
}

for (const text of ['', 'null', '[]', '{}', '{"auths":[]}', '{"auths":{"r.io":null}}', '{"auths":{"r.io":"x"}}']) {
  test(`nothing stands in ${JSON.stringify(text)}`, () => assert.equal(parseDockerAuths(text).size, 0))
}

test('what the file says by now counts, and is read once as long as it stays', () => {
  let text = JSON.stringify({ auths: { 'r.io': { auth } } })
  const auths = new DockerAuths(() => text)
  const first = auths.of('docker.io', 'r.io')
  assert.ok(first)
  assert.equal(auths.of('r.io'), first)
  assert.equal(auths.of('other.io'), undefined)
  text = '{}'
  assert.equal(auths.of('r.io'), undefined)
})
