// WWW-Authenticate as registries really send it, and as nobody should.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseChallenges } from '../../../src/registry/challenge.ts'

const cases: readonly (readonly [string, string | readonly string[], readonly (readonly [string, object])[]])[] = [
  [
    'Docker Hub',
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull"',
    [
      [
        'bearer',
        { realm: 'https://auth.docker.io/token', service: 'registry.docker.io', scope: 'repository:a/b:pull' },
      ],
    ],
  ],
  [
    'a scope with commas',
    'Bearer realm="r",scope="repository:a:pull,push"',
    [['bearer', { realm: 'r', scope: 'repository:a:pull,push' }]],
  ],
  ['Basic', 'Basic realm="Registry Realm"', [['basic', { realm: 'Registry Realm' }]]],
  ['no parameters', 'Basic', [['basic', {}]]],
  [
    'two in one header',
    'Basic realm="a", Bearer realm="b", service=c',
    [
      ['basic', { realm: 'a' }],
      ['bearer', { realm: 'b', service: 'c' }],
    ],
  ],
  [
    'two headers',
    ['Negotiate', 'Basic realm="a"'],
    [
      ['negotiate', {}],
      ['basic', { realm: 'a' }],
    ],
  ],
  [
    'a token68 before another challenge',
    'Negotiate YII+/=, Basic realm="a"',
    [
      ['negotiate', {}],
      ['basic', { realm: 'a' }],
    ],
  ],
  ['quoted pairs', String.raw`Basic realm="a \"b\" \\ c, d=e"`, [['basic', { realm: String.raw`a "b" \ c, d=e` }]]],
  ['spaces around the equals sign', 'Bearer realm = "r" , service = s', [['bearer', { realm: 'r', service: 's' }]]],
  [
    'an address without quotes',
    'Bearer realm=https://h.io/token,service=s',
    [['bearer', { realm: 'https://h.io/token', service: 's' }]],
  ],
  ['capitals', 'BEARER Realm="r",REALM="second"', [['bearer', { realm: 'r' }]]],
  ['empty list members', ', ,Basic realm="a",, ,', [['basic', { realm: 'a' }]]],
  ['an open quote', 'Basic realm="a', [['basic', {}]]],
  ['a parameter without a scheme', 'realm="a"', []],
  ['nonsense after a challenge', 'Basic realm="a", "x" Bearer realm="b"', [['basic', { realm: 'a' }]]],
  ['nothing', '', []],
]

for (const [name, header, expected] of cases) {
  test(`a challenge with ${name}`, () => {
    const found = parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)])
    assert.deepEqual(found, expected)
  })
}

test('no header is no challenge', () => {
  assert.deepEqual(parseChallenges(undefined), [])
})
