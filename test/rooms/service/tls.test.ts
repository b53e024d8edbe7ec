// Registries of a private authority, as the settings of Dragonfly's users name it.

import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeCertificate } from '../../support/certificates.ts'
import { makeImage } from '../../support/image.ts'
import { startRegistry } from '../../support/registry.ts'
import { requires } from '../../support/requires.ts'
import { startService } from '../../support/service.ts'

const skip = requires('openssl', 'openssl')
const ways = [
  { name: 'job.preheat.tls.caCert', settings: () => 'job: { preheat: { tls: { caCert: CA } } }' },
  {
    name: 'job.preheat.tls.insecureSkipVerify',
    settings: () => 'job: { preheat: { tls: { insecureSkipVerify: true } } }',
  },
  { name: 'ca_cert of the registry', settings: (host: string) => `registries: { "${host}": { ca_cert: CA } }` },
]

for (const { name, settings } of ways) {
  test(`tls: ${name} lets a registry with a certificate of its own be asked`, { skip }, async (t) => {
    const certificate = await makeCertificate()
    const registry = await startRegistry({ tls: certificate })
    t.after(() => registry.close())
    registry.push('library/app', makeImage(), '1.0')
    const directory = await mkdtemp(join(tmpdir(), 'warmfront-settings-'))
    t.after(() => rm(directory, { recursive: true }))
    await writeFile(join(directory, 'ca.crt'), certificate.ca)
    const file = join(directory, 'warmfront.yaml')
    await writeFile(file, settings(registry.host).replace('CA', JSON.stringify(join(directory, 'ca.crt'))))
    const service = await startService({ WARMFRONT_CONFIG: file })
    t.after(() => service.stop())

    const job = await service.preheat({ type: 'image', url: `https://${registry.host}/v2/library/app/manifests/1.0` })
    const settled = await service.settled(job.id)
    assert.equal(settled.state, 'SUCCESS', JSON.stringify(settled.error))
  })
}
