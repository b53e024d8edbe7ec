// Challenges without an end, and token servers that give something other than a token.

import assert from 'node:assert/strict'
import { begun, honest, imageAt, pour, type Answer, type Ask, type Line, type Opened, type Stage } from './stage.ts'

const refused = (...challenges: readonly string[]): Answer => ({
  status: 401,
  headers: challenges.length === 0 ? {} : { 'www-authenticate': [...challenges] },
})

/** Refuses everything so. */
const storm =
  (answer: (ask: Ask, asked: number) => Answer, args: Opened['args'] = {}) =>
  async (stage: Stage): Promise<Opened> => {
    let asked = 0
    const site = await stage.site((ask) => answer(ask, asked++))
    const check = () => assert.ok(asked <= 24, `it was asked ${asked} times`)
    return {
      url: imageAt(site),
      args: { username: 'me', password: 'pass-me-not', ...args },
      secrets: ['pass-me-not'],
      check,
    }
  }

const storms: readonly Line[] = [
  { name: '401 without a challenge', ends: 'registry.denied', open: storm(() => refused()) },
  {
    name: '401 with schemes that nobody speaks',
    ends: 'registry.denied',
    open: storm(() => refused('Negotiate', 'Digest realm="x", nonce="y"', 'OAuth')),
  },
  { name: '401 to every password', ends: 'registry.denied', open: storm(() => refused('Basic realm="x"')) },
  {
    name: '401 to every token',
    ends: 'registry.denied',
    open: storm((ask) => (ask.path === '/token' ? { body: '{"token":"x"}' } : refused('Bearer realm="/token"'))),
  },
  {
    name: '401 with a new realm each time',
    ends: 'registry.denied',
    open: storm((ask, asked) =>
      ask.path.startsWith('/token') ? { body: `{"token":"t${asked}"}` } : refused(`Bearer realm="/token/${asked}"`),
    ),
  },
  {
    name: '401 with a new scope each time',
    ends: 'registry.denied',
    open: storm((ask, asked) =>
      ask.path === '/token'
        ? { body: `{"token":"t${asked}"}` }
        : refused(`Bearer realm="/token",scope="repository:other${asked}:pull"`),
    ),
  },
  {
    name: '401 by Bearer, Basic and Bearer in turn',
    ends: 'registry.denied',
    open: storm((ask, asked) =>
      ask.path === '/token'
        ? { body: `{"token":"t${asked}"}` }
        : refused(asked % 2 === 0 ? 'Bearer realm="/token"' : 'Basic realm="x"'),
    ),
  },
  {
    name: '401 with 10,000 challenges in one header',
    ends: 'registry.denied',
    open: storm(() => refused(Array.from({ length: 10_000 }, () => 'a').join(', '))),
  },
  {
    name: '401 with 10,000 headers of one challenge',
    ends: 'registry.too-large',
    open: storm(() => refused(...Array.from({ length: 10_000 }, () => 'Bearer realm="/token"'))),
  },
  {
    name: '401 with a quote that never ends',
    ends: 'registry.denied',
    open: storm(() => refused(`Bearer realm="${'\\a'.repeat(10_000)}`)),
  },
  {
    name: '401 with 15,000 commas and blanks',
    ends: 'registry.denied',
    open: storm(() => refused(`${' ,'.repeat(15_000)}"`)),
  },
  {
    name: '401 with 30,000 signs that may begin a token',
    ends: 'registry.denied',
    open: storm(() => refused(`Bearer ${'='.repeat(30_000)}!`)),
  },
  {
    name: '401 without an end',
    ends: 'registry.denied',
    open: storm(() =>
      begun({ 'www-authenticate': 'Basic realm="x"' }, (response) => pour(response, 'no '.repeat(10_000)), 401),
    ),
  },
  {
    name: '403 with a challenge',
    ends: 'registry.denied',
    open: storm(() => ({ status: 403, headers: { 'www-authenticate': 'Bearer realm="/token"' } })),
  },
  {
    name: 'blobs that want another password than manifests',
    ends: 'registry.denied',
    open: async (stage) => {
      const image = stage.image()
      const site = await stage.site((ask) =>
        ask.path.includes('/blobs/') ? refused('Basic realm="x"') : honest(image, ask),
      )
      return { url: imageAt(site), args: { username: 'me', password: 'pass-me-not' }, secrets: ['pass-me-not'] }
    },
  },
  {
    name: 'a token that has ended in the queue',
    ends: 'registry.token-expired',
    open: async (stage) => {
      const part = (fields: object) => Buffer.from(JSON.stringify(fields)).toString('base64url')
      const token = `${part({ alg: 'none' })}.${part({ exp: 1_000_000_000 })}.bm90aGluZw`
      const site = await stage.site(() => refused('Bearer realm="/token"'))
      return {
        url: imageAt(site),
        args: { headers: { Authorization: `Bearer ${token}` } },
        secrets: [token, 'bm90aGluZw'],
      }
    },
  },
]

/** An honest registry, but for its token server. Any token will do. */
const tokens =
  (answer: Answer, args: Opened['args'] = {}) =>
  async (stage: Stage): Promise<Opened> => {
    const image = stage.image()
    const site = await stage.site((ask) => {
      if (ask.path === '/token') return answer
      return ask.headers.authorization === undefined ? refused('Bearer realm="/token",service="x"') : honest(image, ask)
    })
    return { url: imageAt(site), args }
  }

const says = (body: string): Answer => ({ body })
const given = (fields: object): Answer => says(JSON.stringify(fields))

const tokenServers: readonly Line[] = [
  { name: 'a token server that never answers', ends: 'registry.unreachable', open: tokens(() => {}) },
  {
    name: 'a token server that stops in the middle',
    ends: 'registry.broken-off',
    open: tokens(begun({ 'content-length': 100 }, (response) => response.write('{'))),
  },
  {
    name: 'a token without an end',
    ends: 'registry.too-large',
    open: tokens(begun({}, (response) => pour(response, 'x'.repeat(65_536)))),
  },
  {
    name: 'a token answer of 1 MiB and one byte',
    ends: 'registry.too-large',
    open: tokens(says(`{"token":"x"}${' '.repeat(2 ** 20 - 12)}`)),
  },
  {
    name: 'a token with a line break in it',
    ends: 'registry.invalid',
    open: tokens(given({ token: 'x\r\nX-Injected: 1' })),
  },
  {
    name: 'a token with control characters in it',
    ends: 'registry.invalid',
    open: tokens(given({ token: 'x\u001b[31m\0' })),
  },
  { name: 'a token of other letters', ends: 'registry.invalid', open: tokens(given({ token: 'ключ' })) },
  {
    name: 'a token of a megabyte',
    ends: 'registry.invalid',
    open: tokens(given({ token: 'x'.repeat(2 ** 20 - 100) })),
  },
  ...[
    '<html>login</html>',
    '[]',
    '7',
    'null',
    '"x"',
    '',
    '{}',
    '{"token":7}',
    '{"token":""}',
    '{"token":null}',
    '{"token":["x"]}',
    '{"token":{"x":1}}',
  ].map((body): Line => ({
    name: `a token answer that is ${body || 'empty'}`,
    ends: 'registry.invalid',
    open: tokens(says(body)),
  })),
  { name: 'a token answer of a million brackets', ends: 'registry.invalid', open: tokens(says('['.repeat(1_000_000))) },
  { name: 'a token that lives -1 seconds', ends: 'SUCCESS', open: tokens(given({ token: 'x', expires_in: -1 })) },
  {
    name: 'a token that lives longer than numbers go',
    ends: 'SUCCESS',
    open: tokens(says('{"token":"x","expires_in":1e999}')),
  },
  {
    name: 'a token whose life is a text',
    ends: 'SUCCESS',
    open: tokens(given({ token: 'x', expires_in: 'forever', issued_at: 'yesterday' })),
  },
  {
    name: 'a token server that redirects to itself',
    ends: 'registry.invalid',
    open: tokens({ status: 307, headers: { location: '/token' } }),
  },
  {
    name: 'a token server that wants a token',
    ends: 'registry.denied',
    open: tokens(refused('Bearer realm="/token"')),
  },
  { name: 'a token server that fails', ends: 'registry.busy', open: tokens({ status: 500 }) },
  {
    name: 'a token server that says 204',
    ends: 'registry.invalid',
    open: tokens({ status: 204 }),
  },
]

const realm = (
  name: string,
  realmOf: (stage: Stage) => string | Promise<string>,
  ends: Line['ends'],
  says_?: RegExp,
): Line => ({
  name,
  ends,
  ...(says_ === undefined ? {} : { says: says_ }),
  open: async (stage) => {
    const challenge = `Bearer realm="${await realmOf(stage)}"`
    const site = await stage.site(() => refused(challenge), stage.certificate)
    const args = { username: 'me', password: 'not-over-plain-http' }
    return { url: `https://${imageAt(site)}`, args, secrets: ['not-over-plain-http'] }
  },
})

const realms: readonly Line[] = [
  realm(
    'https wants the password sent over plain http',
    async (stage) => `http://${(await stage.site(() => given({ token: 'x' }))).host}/`,
    'registry.invalid',
    /over plain HTTP/,
  ),
  realm(
    'a realm where nobody listens',
    async (stage) => `https://${(await stage.nobody()).host}/`,
    'registry.unreachable',
  ),
  realm(
    'a realm of an authority that nobody trusts',
    async (stage) => `https://${(await stage.site(() => ({}), stage.badCertificates.stranger)).host}/`,
    'registry.tls-unknown-authority',
  ),
  realm('a realm that is no address', () => 'http://[', 'registry.invalid'),
  realm('a realm in a file', () => 'file:///etc/passwd', 'registry.invalid', /other than HTTP/),
  realm('a realm that is data', () => 'data:application/json,{"token":1}', 'registry.invalid'),
  realm('a realm of nothing', () => '', 'registry.denied'),
]

export const authentication: readonly Line[] = [...storms, ...tokenServers, ...realms]
