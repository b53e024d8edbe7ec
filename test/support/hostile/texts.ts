// What hostile registries would like to see in a job's cause and in the log.

import { begun, imageAt, pour, type Answer, type Line, type Opened, type Stage } from './stage.ts'

/** Refuses everything so. */
const refusing =
  (answer: Answer, secrets: readonly string[] = [], args: Opened['args'] = {}) =>
  async (stage: Stage): Promise<Opened> => ({ url: imageAt(await stage.site(() => answer)), args, secrets })

const saying = (message: unknown, code: unknown = 'DENIED'): Answer => ({
  status: 403,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ errors: [{ code, message }] }),
})

/** Each is cleaned and cut; what may not be in any cause at all, the test looks for in every one. */
const dressed: readonly (readonly [string, unknown, ...string[]])[] = [
  ['escapes of a terminal', 'no \u001b[2J\u001b[31mred\u001b]0;title\u0007\u009b31m'],
  ['controls of direction', 'no \u202eexe.gpj\u202c \u2066x\u2069 \u200f\u061c'],
  ['invisible signs', 'no\u200b\u200d\ufeff\u00ad\u2060\u{e0041}\ufff9'],
  ['line breaks and a forged line of the log', 'no\r\n{"level":"error","message":"fault"}\u2028\u2029\u0085\v\f'],
  ['markup', 'no <script>alert(1)</script><img src=x onerror=alert(1)>'],
  ['NULs and deletions', 'no\0\b\b\b\u007f'],
  ['half a letter', 'no \ud800 \udfff'],
  ['a megabyte', 'no '.repeat(350_000), 'no '.repeat(100)],
  ['a token', 'try Bearer abcdef0123456789-of-another', 'abcdef0123456789-of-another'],
  ['a password of Basic', 'try Basic dXNlcjpwYXNzd29yZC1vZi1hbm90aGVy', 'dXNlcjpwYXNzd29yZC1vZi1hbm90aGVy'],
  ['an address with a password', 'see https://me:another-password@registry.example.com/x', 'another-password'],
  ['a signed address', 'see https://s3.example.com/b?X-Amz-Signature=a1b2c3d4e5f60718&x=1', 'a1b2c3d4e5f60718'],
  ['one of our tokens', 'try wf_abcdefghijklmnopqrstuvwxyz012345', 'abcdefghijklmnopqrstuvwxyz012345'],
  ['no text but an object', { toString: 'no', __proto__: null }],
  ['no text but a list', Array.from({ length: 1000 }, () => '\u001b')],
]

export const texts: readonly Line[] = [
  ...dressed.map(([what, message, ...secrets]): Line => ({
    name: `a refusal with ${what} in it`,
    ends: 'registry.denied',
    open: refusing(saying(message), secrets),
  })),
  {
    name: 'a refusal with escapes in its code',
    ends: 'registry.denied',
    open: refusing(saying('no', '\u001b[31m<script>')),
  },
  {
    name: 'a refusal of 100 MiB',
    ends: 'registry.denied',
    open: refusing(begun({}, (response) => pour(response, 'x'.repeat(2 ** 20), 100), 403)),
  },
  {
    name: 'a failure of 100 MiB',
    ends: 'registry.busy',
    open: refusing(begun({}, (response) => pour(response, 'x'.repeat(2 ** 20), 100), 500)),
  },
  {
    name: 'a refusal with a thousand errors',
    ends: 'registry.denied',
    open: refusing({
      status: 403,
      body: JSON.stringify({ errors: Array.from({ length: 100 }, () => ({ code: '\u001b', message: '\u202e' })) }),
    }),
  },
  {
    name: 'a refusal whose reason is markup',
    ends: 'registry.denied',
    open: async (stage) => ({
      url: imageAt(
        await stage.raw((socket) =>
          socket.write('HTTP/1.1 403 <script>\x1b[31m\r\nContent-Length: 0\r\n\r\n', 'latin1'),
        ),
      ),
    }),
  },
  {
    name: 'a refusal that repeats the credential it was given',
    ends: 'registry.denied',
    open: async (stage) => {
      const site = await stage.site((ask) =>
        ask.headers.authorization === undefined
          ? { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }
          : saying(`wrong: ${ask.headers.authorization}`),
      )
      const credential = Buffer.from('me:told-to-one').toString('base64')
      return {
        url: imageAt(site),
        args: { username: 'me', password: 'told-to-one' },
        secrets: [credential, 'told-to-one'],
      }
    },
  },
  {
    name: 'a content type that is a forged line of the log',
    ends: 'registry.invalid',
    open: refusing(
      {
        headers: { 'content-type': 'application/x-<script>\x9b31m Bearer abcdef0123456789-in-a-type' },
        body: '{"schemaVersion":2}',
      },
      ['abcdef0123456789-in-a-type'],
    ),
  },
]
