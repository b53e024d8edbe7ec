// Ways to make the service ask an address that it may not ask: by redirect, by token realm, by a name.

import type { Line, Misdeed, Stage } from './stage.ts'
import { imageAt, isBlob, isManifest } from './stage.ts'

/** After `http://`. Only 127.0.0.0/8 is allowed beyond the default policy. */
const spellings: readonly string[] = [
  '169.254.169.254',
  '169.254.169.254:80',
  '2852039166',
  '0xa9fea9fe',
  '0xA9.0xFE.0xA9.0xFE',
  '0251.0376.0251.0376',
  '169.254.43518',
  '169.16689662',
  '169.254.169.254.',
  '%31%36%39.254.169.254',
  '169%E3%80%82254%E3%80%82169%E3%80%82254',
  '%E2%91%A0%E2%91%A5%E2%91%A8.254.169.254',
  '[::ffff:169.254.169.254]',
  '[::FFFF:A9FE:A9FE]',
  '[0:0:0:0:0:ffff:a9fe:a9fe]',
  '[::169.254.169.254]',
  '[64:ff9b::a9fe:a9fe]',
  '[2002:a9fe:a9fe::1]',
  '[fd00:ec2::254]',
  '[fe80::a9fe:a9fe]',
  '[::1]',
  '[::]',
  '0.0.0.0',
  '0',
  '224.0.0.1',
  '255.255.255.255',
  'metadata.test',
  'METADATA.test.',
]

/** After `http:`, as browsers read it too. */
const oddities = [
  '\\\\169.254.169.254\\latest',
  '//169.254.169.254#@127.0.0.1/',
  '////169.254.169.254/',
  '//169.254\t.169.254/',
]

const challengeOf =
  (realm: string): Misdeed =>
  (ask) =>
    isManifest(ask) ? { status: 401, headers: { 'www-authenticate': `Bearer realm="${realm}"` } } : undefined

const redirectTo =
  (location: string): Misdeed =>
  (ask) =>
    isManifest(ask) ? { status: 307, headers: { location: location } } : undefined

const opened = (misdeed: Misdeed) => async (stage: Stage) => ({ url: imageAt(await stage.registry(misdeed)) })

const ends = 'egress.denied' as const

export const addresses: readonly Line[] = [
  ...spellings.map((host): Line => {
    return {
      name: `manifests are redirected to ${host}`,
      ends,
      open: opened(redirectTo(`http://${host}/latest/meta-data/`)),
    }
  }),
  ...spellings.map((host): Line => {
    return { name: `tokens are to be had at ${host}`, ends, open: opened(challengeOf(`http://${host}/token`)) }
  }),
  ...oddities.map((rest): Line => {
    return {
      name: `manifests are redirected to http:${JSON.stringify(rest)}`,
      ends,
      open: opened(redirectTo(`http:${rest}`)),
    }
  }),
  {
    name: 'manifests are redirected to //169.254.169.254, without a scheme',
    ends,
    open: opened(redirectTo('//169.254.169.254/latest/')),
  },
  {
    name: 'manifests are redirected to the metadata address by https',
    ends,
    open: opened(redirectTo('https://169.254.169.254/latest/')),
  },
  {
    name: 'manifests are redirected four times on the host before they lead to the metadata address',
    ends,
    open: opened((ask) => ({
      status: 302,
      headers: { location: ask.path.endsWith('/4') ? 'http://169.254.169.254/' : `/v2/hop/${hopOf(ask.path) + 1}` },
    })),
  },
  {
    name: 'blobs are redirected to the metadata address',
    ends,
    open: opened((ask) =>
      isBlob(ask) ? { status: 307, headers: { location: 'http://169.254.169.254/' } } : undefined,
    ),
  },
  {
    name: 'two Location headers, the metadata address in the second',
    ends: 'registry.invalid',
    open: async (stage) => ({
      url: imageAt(
        await stage.registry((ask) =>
          isManifest(ask) ? { status: 307, headers: { location: [ask.path, 'http://169.254.169.254/'] } } : undefined,
        ),
      ),
    }),
  },
  {
    name: 'a realm that is relative to the registry, and is redirected to the metadata address',
    ends: 'registry.invalid',
    open: opened((ask) =>
      ask.path === '/token'
        ? { status: 307, headers: { location: 'http://169.254.169.254/' } }
        : { status: 401, headers: { 'www-authenticate': 'Bearer realm="/token"' } },
    ),
  },
  {
    name: 'the address looks like userinfo before the metadata address',
    ends: 'registry.invalid',
    says: /password in the address/,
    open: opened(redirectTo('http://127.0.0.1:5000@169.254.169.254/')),
  },
  {
    name: 'the realm has userinfo before the metadata address',
    ends: 'registry.invalid',
    says: /password in it/,
    open: opened(challengeOf('http://127.0.0.1:5000@169.254.169.254/')),
  },
]

const hopOf = (path: string): number => Number(/\/hop\/(\d)$/.exec(path)?.[1] ?? 0)
