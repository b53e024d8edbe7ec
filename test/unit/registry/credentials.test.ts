// Who we say we are: in which order, and what of it is told apart.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '../../../src/kit/secret.ts'
import { basic, credential, identitiesOf, nobody, quotaName, type Identity } from '../../../src/registry/credentials.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const shown = (identity: Identity) =>
  identity.by === 'credential'
    ? `${identity.credential.username}/${identity.credential.password.reveal()}`
    : identity.by === 'header'
      ? identity.authorization
      : 'nobody'
const configured: Identity = {
  by: 'credential',
  called: 'the configured credential',
  credential: credential('robot$ci', new Secret('set')),
}
const nothing = { authorization: undefined, username: '', password: undefined }

const orders: readonly (readonly [string, Parameters<typeof identitiesOf>, readonly string[]])[] = [
  ['nothing means nobody', [nothing, undefined], ['nobody']],
  ['what is configured stands for who brings nothing', [nothing, configured], ['robot$ci/set']],
  ['a user name goes alone', [{ ...nothing, username: 'me', password: 'mine' }, configured], ['me/mine']],
  ['a user name may have no password', [{ ...nothing, username: 'me' }, undefined], ['me/']],
  ['a password without a user name is none', [{ ...nothing, password: 'mine' }, undefined], ['nobody']],
  [
    'a token goes before the user name',
    [{ authorization: 'Bearer t', username: 'me', password: 'x' }, configured],
    ['Bearer t', 'me/x'],
  ],
  [
    'a token goes before what is configured',
    [{ ...nothing, authorization: 'Bearer t' }, configured],
    ['Bearer t', 'robot$ci/set'],
  ],
  [
    'a token that is refused leaves nobody',
    [{ ...nothing, authorization: 'Bearer t' }, undefined],
    ['Bearer t', 'nobody'],
  ],
  [
    'the user in a Basic header may get a token too',
    [{ ...nothing, authorization: `basic ${base64('a:b:c')}` }, undefined],
    [`basic ${base64('a:b:c')}`, 'a/b:c', 'nobody'],
  ],
  [
    'a Basic header without a user is sent as it is',
    [{ ...nothing, authorization: `Basic ${base64('nobody')}` }, undefined],
    [`Basic ${base64('nobody')}`, 'nobody'],
  ],
]
for (const [name, given, expected] of orders) {
  test(`identities: ${name}`, () => {
    assert.deepEqual(identitiesOf(...given).map(shown), expected)
  })
}

test('the user name <token> says that the password is an identity token', () => {
  assert.equal(credential('<token>', new Secret('t')).isIdentityToken, true)
  assert.equal(credential('00000000-0000-0000-0000-000000000000', new Secret('t')).isIdentityToken, false)
})

test('Basic carries every character of a user name and a password', () => {
  assert.equal(basic(credential('robot$p+ci', new Secret('ä:%/'))), `Basic ${base64('robot$p+ci:ä:%/')}`)
})

test('a quota is that of the account, of the token handed in, or of nobody', () => {
  assert.deepEqual(
    [configured, { by: 'header', called: 'a token', authorization: 'x' } as const, nobody].map(quotaName),
    ['robot$ci', 'x', ''],
  )
})
