// A real registry with a certificate of its own, through the whole service: what lets it be asked, and how each thing
// that does not is named.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { makeCertificate, type Certificate } from '../../support/certificates.ts'
import { type DockerRegistry, dockerRegistryMissing, startDockerRegistry } from '../../support/docker-registry.ts'
import { makeImage } from '../../support/image.ts'
import { startService, type TestService } from '../../support/service.ts'
import { fails, makeFiles, serves, succeeds, succeedsInTheEnd, type TestFiles } from '../../support/warmed.ts'

const skip = dockerRegistryMissing()
const serverName = 'registry.internal'

/** Each by an authority of its own. */
interface Certificates {
  /** What registries show where nothing else is said. */
  readonly own: Certificate
  /** Of clients, and of nobody. */
  readonly other: Certificate
  readonly named: Certificate
  readonly expired: Certificate
}

interface Case {
  /** Which certificate it shows. */
  readonly shows?: keyof Certificates
  readonly wantsClient?: true
  readonly settings?: (from: Certificates, files: TestFiles) => Promise<object>
  readonly ends: 'SUCCESS' | { readonly code: string; readonly message: RegExp }
  readonly warns?: true
}

const unknown = { code: 'registry.tls-unknown-authority', message: /authority that is not trusted/ }

const cases: Readonly<Record<string, Case>> = {
  'without an authority of ours': { ends: unknown },
  'with its authority, by path': {
    settings: async ({ own }, files) => ({ ca_cert: await files.write('own.crt', own.ca) }),
    ends: 'SUCCESS',
  },
  'with its authority, as PEM text': { settings: async ({ own }) => ({ ca_cert: own.ca }), ends: 'SUCCESS' },
  'with another authority': { settings: async ({ other }) => ({ ca_cert: other.ca }), ends: unknown },
  'with insecure_skip_verify': {
    settings: async () => ({ insecure_skip_verify: true }),
    ends: 'SUCCESS',
    warns: true,
  },
  'with a certificate for another name': {
    shows: 'named',
    settings: async ({ named }) => ({ ca_cert: named.ca }),
    ends: { code: 'registry.tls-wrong-host', message: /for another host/ },
  },
  'with a certificate for another name, and that as server_name': {
    shows: 'named',
    settings: async ({ named }) => ({ ca_cert: named.ca, server_name: serverName }),
    ends: 'SUCCESS',
  },
  'with a certificate that has expired': {
    shows: 'expired',
    settings: async ({ expired }) => ({ ca_cert: expired.ca }),
    ends: { code: 'registry.tls-expired', message: /not valid at this time/ },
  },
  'that wants a client certificate, without one': {
    wantsClient: true,
    settings: async ({ own }) => ({ ca_cert: own.ca }),
    ends: { code: 'registry.tls', message: /client certificate/ },
  },
  'that wants a client certificate, with one of another authority': {
    wantsClient: true,
    settings: async ({ own }) => ({ ca_cert: own.ca, client_cert: own.cert, client_key: own.key }),
    ends: { code: 'registry.tls', message: /client certificate/ },
  },
  'that wants a client certificate, with the right one by path': {
    wantsClient: true,
    settings: async ({ own, other }, files) => ({
      ca_cert: own.ca,
      client_cert: await files.write('client.crt', other.cert),
      client_key: await files.write('client.key', other.key),
    }),
    ends: 'SUCCESS',
  },
  'that wants a client certificate, with the right one as PEM text': {
    wantsClient: true,
    settings: async ({ own, other }) => ({ ca_cert: own.ca, client_cert: other.cert, client_key: other.key }),
    ends: 'SUCCESS',
  },
}

const changing = 'changing'
const registries = new Map<string, DockerRegistry>()
let certificates: Certificates
let files: TestFiles
let service: TestService

const argsOf = (name: string) => ({ url: `https://${hostOf(name)}/v2/library/app/manifests/1.0` })
const hostOf = (name: string): string => registries.get(name)?.host ?? ''

before(async () => {
  if (skip !== false) return
  process.setMaxListeners(30) // each program that runs has one
  const [own, other, named, expired] = await Promise.all([
    makeCertificate(),
    makeCertificate(),
    makeCertificate({ names: `DNS:${serverName}` }),
    makeCertificate({ expired: true }),
  ])
  certificates = { own, other, named, expired }
  files = await makeFiles()
  const settings: Record<string, object> = {}
  for (const [name, { shows = 'own', wantsClient, settings: make }] of Object.entries(cases)) {
    const clients = wantsClient === true ? { clients: other } : {}
    const registry = await startDockerRegistry({ tls: certificates[shows], ...clients })
    registries.set(name, registry)
    if (make !== undefined) settings[registry.host] = await make(certificates, files)
  }
  registries.set(changing, await startDockerRegistry({ tls: own }))
  settings[hostOf(changing)] = { ca_cert: await files.write('changing.crt', other.ca) }
  service = await startService({ WARMFRONT_CONFIG: await files.settings({ registries: settings }) })
})
after(async () => {
  if (skip !== false) return
  await service.stop()
  await Promise.all([...registries.values()].map((registry) => registry.stop()))
  await files.remove()
})

for (const [name, { ends, warns }] of Object.entries(cases)) {
  const ending = ends === 'SUCCESS' ? 'is preheated from' : `is refused with ${ends.code}`
  test(`TLS: a registry ${name} ${ending}`, { skip }, async () => {
    const registry = registries.get(name)
    assert.ok(registry)
    if (ends === 'SUCCESS') {
      const image = makeImage({ seed: name, layers: [50_000, 700] })
      await registry.push(image, 'library/app:1.0')
      const { warnings } = await succeeds(service, argsOf(name))
      assert.deepEqual(
        warnings.map((text) => text.includes(registry.host) && text.includes('not verified')),
        warns === true ? [true] : [],
      )
      await registry.stop()
      await serves(service, 'library/app', image)
    } else {
      const { code, message } = await fails(service, argsOf(name))
      assert.equal(code, ends.code, message)
      assert.match(message, ends.message)
      assert.ok(message.includes(registry.host), message)
    }
  })
}

test(
  'TLS: a certificate file that is replaced counts for the next job, and one that is no good does not',
  { skip },
  async () => {
    const image = makeImage({ seed: changing })
    await registries.get(changing)?.push(image, 'library/app:1.0')
    assert.equal((await fails(service, argsOf(changing))).code, unknown.code)
    await files.write('changing.crt', certificates.own.ca)
    await succeedsInTheEnd(service, argsOf(changing))
    await files.write('changing.crt', 'no certificate at all')
    const until = AbortSignal.timeout(20_000)
    while (!service.output().includes('changing.crt')) {
      assert.equal(until.aborted, false, 'nobody says that the file is no good')
      await succeeds(service, argsOf(changing))
    }
    await succeeds(service, argsOf(changing))
  },
)

test(
  'TLS: the authority of job.preheat.tls, as PEM text, is for registries that say nothing else',
  { skip },
  async (t) => {
    const registry = await startDockerRegistry({ tls: certificates.own })
    t.after(() => registry.stop())
    await registry.push(makeImage(), 'library/app:1.0')
    const settings = await makeFiles()
    t.after(() => settings.remove())
    const job = { preheat: { tls: { caCert: certificates.own.ca, insecureSkipVerify: false } } }
    const other = await startService({ WARMFRONT_CONFIG: await settings.settings({ job }) })
    t.after(() => other.stop())
    const { warnings } = await succeeds(other, { url: `https://${registry.host}/v2/library/app/manifests/1.0` })
    assert.deepEqual(warnings, [])
  },
)
