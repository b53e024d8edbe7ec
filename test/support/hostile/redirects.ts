// Redirects that lead nowhere, and those that are after what the client gave for the registry alone.

import assert from 'node:assert/strict'
import {
  honest,
  imageAt,
  isBlob,
  isManifest,
  tagPath,
  type Answer,
  type Line,
  type Opened,
  type Site,
  type Stage,
} from './stage.ts'

const to = (location: string, status = 307): Answer => ({ status, headers: { location } })

const manifests =
  (answer: (path: string) => Answer) =>
  async (stage: Stage): Promise<Opened> => ({
    url: imageAt(await stage.registry((ask) => (isManifest(ask) ? answer(ask.path) : undefined))),
  })

const nowhere: readonly Line[] = [
  ...[
    'file:///etc/passwd',
    'ftp://127.0.0.1/x',
    'data:application/json,{}',
    'javascript:alert(1)',
    'gopher://127.0.0.1:70/',
  ].map((location): Line => ({
    name: `manifests are redirected to ${location}`,
    ends: 'registry.invalid',
    says: /other than HTTP/,
    open: manifests(() => to(location)),
  })),
  { name: 'a redirect to itself', ends: 'registry.invalid', says: /more than 5/, open: manifests((path) => to(path)) },
  { name: 'an empty Location', ends: 'registry.invalid', open: manifests(() => to('')) },
  { name: 'no Location', ends: 'registry.invalid', open: manifests(() => ({ status: 308 })) },
  { name: 'a Location that is no address', ends: 'registry.invalid', open: manifests(() => to('http://[::1')) },
  {
    name: 'a Location with a port beyond all ports',
    ends: 'registry.invalid',
    open: manifests(() => to('http://127.0.0.1:99999/')),
  },
  {
    name: 'a Location of 30 KiB',
    ends: 'registry.invalid',
    open: manifests((path) => to(`${path}?${'x'.repeat(30_000)}`)),
  },
  { name: 'a redirect without a destination: 300', ends: 'registry.invalid', open: manifests(() => ({ status: 300 })) },
  {
    name: 'a redirect to a proxy: 305',
    ends: 'registry.invalid',
    open: manifests(() => to('http://169.254.169.254/', 305)),
  },
  {
    name: 'a redirect with a password in it',
    ends: 'registry.invalid',
    says: /password in the address/,
    open: async (stage) => {
      const site = await stage.registry((ask) =>
        isManifest(ask) ? to(`http://me:hunter2-in-location@127.0.0.1/`) : undefined,
      )
      return { url: imageAt(site), secrets: ['hunter2-in-location'] }
    },
  },
  {
    name: 'two paths that redirect to each other',
    ends: 'registry.invalid',
    says: /more than 5/,
    open: manifests((path) => to(path === tagPath ? `/v2/other/manifests/latest` : tagPath)),
  },
  {
    name: 'two registries that redirect to each other',
    ends: 'registry.invalid',
    says: /more than 5/,
    open: async (stage) => {
      const there = await stage.site((ask): Answer => to(`http://${here.host}${ask.path}`))
      const here: Site = await stage.site((ask): Answer => to(`http://${there.host}${ask.path}`))
      return { url: imageAt(here) }
    },
  },
  {
    name: 'a chain of new paths without an end',
    ends: 'registry.invalid',
    says: /more than 5/,
    open: async (stage) => {
      const site = await stage.site((ask) => to(`${ask.path}/x`, 302))
      return { url: imageAt(site), check: () => assert.ok(site.asks.length <= 12, `${site.asks.length} requests`) }
    },
  },
  {
    name: 'blobs are redirected to themselves',
    ends: 'registry.invalid',
    says: /more than 5/,
    open: async (stage) => ({ url: imageAt(await stage.registry((ask) => (isBlob(ask) ? to(ask.path) : undefined))) }),
  },
  {
    name: 'a redirect to a host where nobody listens',
    ends: 'registry.unreachable',
    open: async (stage) => {
      const nobody = await stage.nobody()
      return manifests((path) => to(`http://${nobody.host}${path}?X-Amz-Signature=signed-for-one`))(stage).then(
        (opened) => ({
          ...opened,
          secrets: ['signed-for-one'],
        }),
      )
    },
  },
  {
    name: 'https redirects its manifests to http',
    ends: 'registry.invalid',
    says: /from https to http/,
    open: async (stage) => {
      const plain = await stage.registry(() => undefined)
      const site = await stage.site((ask) => to(`http://${plain.host}${ask.path}`), stage.certificate)
      return { url: `https://${imageAt(site)}`, check: () => assert.equal(plain.asks.length, 0) }
    },
  },
  {
    name: 'https redirects its blobs to http',
    ends: 'registry.invalid',
    says: /from https to http/,
    open: async (stage) => {
      const image = stage.image()
      const plain = await stage.registry(() => undefined, image)
      const site = await stage.site(
        (ask) => (isBlob(ask) ? to(`http://${plain.host}${ask.path}`) : honest(image, ask)),
        stage.certificate,
      )
      return { url: `https://${imageAt(site)}`, check: () => assert.equal(plain.asks.length, 0) }
    },
  },
]

const stolen = 'c2VjcmV0LWZvci1ob21l'

/** What the client gives for its registry, and for nobody else. */
const given = {
  headers: { Authorization: `Basic ${stolen}`, Cookie: `session=${stolen}`, 'X-Registry-Key': stolen },
} as const

/** A site that would like to have it. */
function assertNothingCame(thief: Site): void {
  assert.ok(thief.asks.length > 0, 'the thief was never asked')
  for (const { headers } of thief.asks) {
    assert.equal(JSON.stringify(headers).includes(stolen), false)
    assert.equal(headers.authorization, undefined)
    assert.equal(headers.cookie, undefined)
  }
}

const theft: readonly Line[] = [
  {
    name: 'blobs are redirected to another host, which keeps what comes with the request',
    ends: 'SUCCESS',
    open: async (stage) => {
      const thief = await stage.registry(() => undefined)
      const site = await stage.registry((ask) => (isBlob(ask) ? to(`http://${thief.host}${ask.path}`) : undefined))
      return { url: imageAt(site), args: given, secrets: [stolen], check: () => assertNothingCame(thief) }
    },
  },
  {
    name: 'manifests are redirected to another host, which asks for a password',
    ends: 'registry.denied',
    open: async (stage) => {
      const thief = await stage.site(() => ({ status: 401, headers: { 'www-authenticate': 'Basic realm="give"' } }))
      const site = await stage.registry((ask) => (isManifest(ask) ? to(`http://${thief.host}${ask.path}`) : undefined))
      const args = { ...given, username: 'me', password: 'for-home-alone' }
      return { url: imageAt(site), args, secrets: [stolen, 'for-home-alone'], check: () => assertNothingCame(thief) }
    },
  },
  {
    name: 'manifests are redirected to another host, which names a token server of its own',
    ends: 'registry.denied',
    open: async (stage) => {
      const realm = await stage.site(() => ({ body: '{"token":"taken"}' }))
      const challenge = `Bearer realm="http://${realm.host}/token"`
      const thief = await stage.site(() => ({ status: 401, headers: { 'www-authenticate': challenge } }))
      const site = await stage.registry((ask) => (isManifest(ask) ? to(`http://${thief.host}${ask.path}`) : undefined))
      const check = () => {
        assertNothingCame(thief)
        assert.equal(realm.asks.length, 0)
      }
      return {
        url: imageAt(site),
        args: { username: 'me', password: 'for-home-alone' },
        secrets: ['for-home-alone'],
        check,
      }
    },
  },
  {
    name: 'a redirect to another host, which sends back home',
    ends: 'registry.denied',
    open: async (stage) => {
      const thief: Site = await stage.site((ask) => to(`http://${home.host}${ask.path}/back`))
      const home: Site = await stage.site((ask) =>
        ask.path.endsWith('/back') && ask.headers.authorization === undefined
          ? { status: 401 }
          : to(`http://${thief.host}${ask.path}`),
      )
      return { url: imageAt(home), args: given, secrets: [stolen], check: () => assertNothingCame(thief) }
    },
  },
  {
    name: 'a token server on another host, which keeps what comes with the request',
    ends: 'registry.denied',
    open: async (stage) => {
      const thief = await stage.site(() => ({ body: '{"token":"useless"}' }))
      const challenge = `Bearer realm="http://${thief.host}/token"`
      const site = await stage.site(() => ({ status: 401, headers: { 'www-authenticate': challenge } }))
      return { url: imageAt(site), args: given, secrets: [stolen], check: () => assertNothingCame(thief) }
    },
  },
  {
    name: 'a file is redirected to another host, which keeps what comes with the request',
    ends: 'SUCCESS',
    open: async (stage) => {
      const thief = await stage.site(() => ({ body: stage.seed }))
      const site = await stage.site((ask) => to(`http://${thief.host}${ask.path}`))
      const args = { ...given, type: 'file' }
      return { url: `http://${site.host}/model.bin`, args, secrets: [stolen], check: () => assertNothingCame(thief) }
    },
  },
]

export const redirects: readonly Line[] = [...nowhere, ...theft]
