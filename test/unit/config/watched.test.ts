// Settings that live in real files: a change counts without a restart.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { test, type TestContext } from 'node:test'
import { stringify } from 'yaml'
import { loadConfig } from '../../../src/config/load.ts'
import { current, watchedText } from '../../../src/kit/live.ts'

const [pem = '', otherPem = ''] = rootCertificates

/** A directory, and the settings read from the `warmfront.yaml` in it. */
function inDirectory(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'warmfront-watched-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const path = (name: string) => join(directory, name)
  const troubles: string[] = []
  let now = 0
  return {
    path,
    troubles,
    write: (name: string, content: string) => writeFileSync(path(name), content),
    later: () => (now += 1000),
    load: (settings: unknown) => {
      writeFileSync(path('warmfront.yaml'), stringify(settings))
      return loadConfig({
        env: { WARMFRONT_CONFIG: path('warmfront.yaml') },
        readFile: (file) => readFileSync(file, 'utf8'),
        watch: (file, accepts) =>
          watchedText(file, { accepts, onTrouble: (sentence) => troubles.push(sentence), now: () => now }),
      })
    },
  }
}

const ofRegistry = (settings: unknown) => ({ registries: { r: settings } })

test('watched: a password file that is written anew counts', (t) => {
  const { path, write, later, load, troubles } = inDirectory(t)
  write('password', 'first\n')
  const { password } = load(ofRegistry({ username: 'u', password_file: path('password') })).registries['r'] ?? {}
  assert.equal(current(password)?.reveal(), 'first')
  write('password', 'the second\n')
  later()
  assert.equal(current(password)?.reveal(), 'the second')
  assert.deepEqual(troubles, [])
})

test('watched: a certificate that is replaced by rename counts', (t) => {
  const { path, write, later, load } = inDirectory(t)
  write('ca.crt', pem)
  const settings = {
    job: { preheat: { tls: { caCert: path('ca.crt') } } },
    ...ofRegistry({ ca_cert: path('ca.crt') }),
    clusters: [{ name: 'edge', driver: 'dragonfly', tls: { ca_cert: path('ca.crt') } }],
  }
  const { tls, registries, clusters } = load(settings)
  write('ca.crt.new', otherPem)
  renameSync(path('ca.crt.new'), path('ca.crt'))
  later()
  assert.equal(current(tls.caCert), otherPem)
  assert.equal(current(registries['r']?.caCert), otherPem)
  assert.equal(current(clusters[0]?.tls?.caCert), otherPem)
})

test('watched: a Kubernetes Secret, whose ..data link is turned to another directory, counts', (t) => {
  const { path, write, later, load } = inDirectory(t)
  for (const [version, auths] of [
    ['..1', '{"auths":{"a":{}}}'],
    ['..2', '{"auths":{"b":{}}}'],
  ] as const) {
    mkdirSync(path(version))
    write(join(version, 'config.json'), auths)
  }
  symlinkSync('..1', path('..data'))
  symlinkSync(join('..data', 'config.json'), path('config.json'))
  const { docker_config: dockerConfig } = load({ docker_config: path('config.json') })
  assert.equal(dockerConfig?.(), '{"auths":{"a":{}}}')
  symlinkSync('..2', path('..data_tmp'))
  renameSync(path('..data_tmp'), path('..data'))
  later()
  assert.equal(dockerConfig?.(), '{"auths":{"b":{}}}')
})

for (const { name, spoil } of [
  { name: 'gone', spoil: (path: string) => rmSync(path) },
  { name: 'empty', spoil: (path: string) => writeFileSync(path, '') },
  { name: 'half written', spoil: (path: string) => writeFileSync(path, otherPem.slice(0, 200)) },
]) {
  test(`watched: of a file that is ${name} the last good text stays, which is said once, until it is right again`, (t) => {
    const { path, write, later, load, troubles } = inDirectory(t)
    write('ca.crt', pem)
    const { caCert } = load(ofRegistry({ ca_cert: path('ca.crt') })).registries['r'] ?? {}
    spoil(path('ca.crt'))
    for (let look = 0; look < 3; look++) {
      later()
      assert.equal(current(caCert), pem)
    }
    assert.equal(troubles.length, 1)
    assert.match(troubles[0] ?? '', /ca\.crt/)
    write('ca.crt', otherPem)
    later()
    assert.equal(current(caCert), otherPem)
    assert.equal(troubles.length, 1)
  })
}

test('watched: the text of a setting is no file and stays', (t) => {
  const { load } = inDirectory(t)
  assert.equal(typeof load(ofRegistry({ ca_cert: pem })).registries['r']?.caCert, 'string')
})
