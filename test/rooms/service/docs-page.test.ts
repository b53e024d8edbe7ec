// The documents as they are served, and the page that shows them: complete, and asking nobody else.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { parse } from 'yaml'
import { adminToken, startService, type TestService } from '../../support/service.ts'

let service: TestService
before(async () => {
  service = await startService({ WARMFRONT_CONTRACTS: 'supernode,open-api,ops', WARMFRONT_PATH_PREFIXES: '/edge' })
})
after(() => service.stop())

const anonymous = {}
const get = async (path: string) => {
  const answer = await service.call('GET', path, undefined, anonymous)
  assert.equal(answer.status, 200, `${path}: ${answer.text}`)
  return answer
}
/** Of scripts, styles and pictures. */
const addressesOn = (html: string): string[] =>
  [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address = '']) => address)

test('the page and every part of it are served, each with its type', async () => {
  const page = await get('/docs')
  assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8')
  const parts = addressesOn(page.text).filter((address) => !address.startsWith('data:'))
  assert.equal(parts.length, 4)
  for (const part of parts) {
    const answer = await get(`/${part}`)
    const expected = part.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8'
    assert.equal(answer.headers.get('content-type'), expected)
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
  }
})

test('what comes from the package comes unchanged', async () => {
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-standalone-preset.js']) {
    const original = await readFile(new URL(import.meta.resolve(`swagger-ui-dist/${file}`)), 'utf8')
    assert.equal((await get(`/docs/${file}`)).text, original)
  }
})

test('nothing on the page comes from elsewhere, and it keeps to the content security policy', async () => {
  const page = await get('/docs')
  for (const address of addressesOn(page.text)) assert.match(address, /^(?:docs\/[\w.-]+|data:,)$/)
  assert.doesNotMatch(page.text, /<script(?![^>]*\ssrc=)|<style|\son\w+=|style=/)
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'self';.*script-src 'self';/)
  const start = (await get('/docs/start.js')).text
  assert.doesNotMatch(start, /\/\//)
  assert.match(start, /validatorUrl: null/)
  const style = (await get('/docs/swagger-ui.css')).text
  assert.doesNotMatch(style, /@import/)
  for (const [, address = ''] of style.matchAll(/url\(["']?([^"')]{0,20})/g)) assert.match(address, /^data:/)
})

test('the page works below a prefix, below a token in the path, and with a slash too many', async () => {
  for (const root of ['', '/edge', `/t/${adminToken}`, `/edge/t/${adminToken}`]) {
    await get(`${root}/docs`)
    await get(`${root}/docs/start.js`)
    await get(`${root}/openapi.yaml`)
    await get(`${root}/openapi/ops.yaml`)
    const slash = await service.call('GET', `${root}/docs/`, undefined, anonymous)
    assert.equal(slash.status, 308)
    const target = new URL(slash.headers.get('location') ?? '', `http://a.test${root}/docs/`)
    assert.equal(target.pathname, `${root}/docs`)
  }
})

test('nothing else of the package or of the disk is served', async () => {
  const paths = ['index.html', 'package.json', '..%2fpackage.json', 'swagger-ui-bundle.js.map', '__proto__']
  for (const name of paths) {
    const answer = await service.call('GET', `/docs/${name}`, undefined, anonymous)
    assert.equal(answer.status, 404, name)
  }
  for (const name of ['..%2fpackage', 'redocly', 'warmfront', 'mirror', '__proto__']) {
    const answer = await service.call('GET', `/openapi/${name}.yaml`, undefined, anonymous)
    assert.equal(answer.status, 404, name)
  }
})

test('the documents promise what is served, and nothing that is switched off', async () => {
  const pathsOf = (text: string): string[] => {
    const document = parse(text) as { readonly openapi: string; readonly paths: object }
    assert.equal(document.openapi, '3.0.3')
    return Object.keys(document.paths)
  }
  const everything = pathsOf((await get('/openapi.yaml')).text)
  const each = []
  for (const contract of ['supernode', 'open-api', 'ops']) {
    each.push(...pathsOf((await get(`/openapi/${contract}.yaml`)).text))
  }
  assert.deepEqual(everything.toSorted(), each.toSorted())
  assert.ok(everything.includes('/oapi/v1/jobs'))
  assert.equal(
    everything.some((path) => path.startsWith('/v2/')),
    false,
  )
  assert.match((await get('/docs/start.js')).text, /\["supernode","open-api","ops"\]/)
})

test('a document asks for nothing from elsewhere: every reference stays within it', async () => {
  const { text } = await get('/openapi.yaml')
  const references = [...text.matchAll(/\$ref: *(\S+)/g)].map(([, target = '']) => target)
  assert.ok(references.length > 0)
  for (const target of references) assert.match(target, /^'#\/components\/\w+\/\w+'$/)
})
