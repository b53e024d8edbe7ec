// Which images of an index are preheated, on a real registry: by the request, the registry's settings, or the service's.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type DockerRegistry, dockerRegistryMissing, startDockerRegistry } from '../../support/docker-registry.ts'
import { partsOf } from '../../support/image-parts.ts'
import { makeImage } from '../../support/image.ts'
import { startService, type TestService } from '../../support/service.ts'
import { fails, held, makeFiles, succeeds, type TestFiles } from '../../support/warmed.ts'

const skip = dockerRegistryMissing()
const five = ['linux/amd64', 'linux/arm64', 'linux/arm/v6', 'linux/arm/v7', 'linux/s390x']

interface Case {
  /** Of the image; default: those five. */
  readonly has?: readonly string[]
  /** The request's. */
  readonly platform?: string
  /** A registry whose settings say linux/s390x. */
  readonly ofRegistry?: true
  /** A service whose setting says linux/arm/v7. */
  readonly ofService?: true
  readonly format?: 'docker'
  readonly attested?: true
  readonly takes: readonly string[]
  readonly warns?: RegExp
}

const cases: Readonly<Record<string, Case>> = {
  'linux/amd64 and linux/arm64 where nobody says anything': { attested: true, takes: ['linux/amd64', 'linux/arm64'] },
  "the same two of a docker's manifest list": { format: 'docker', takes: ['linux/amd64', 'linux/arm64'] },
  'the one of the request': { platform: 'linux/s390x', takes: ['linux/s390x'] },
  'the list of the request': { platform: 'linux/arm64,linux/s390x', takes: ['linux/arm64', 'linux/s390x'] },
  'all but attestations for a request of all': { attested: true, platform: 'all', takes: five },
  'the variant of the request': { platform: 'linux/arm/v7', takes: ['linux/arm/v7'] },
  'the lower variant of the request': { platform: 'linux/arm/v6', takes: ['linux/arm/v6'] },
  'v7 where the request names no variant of arm': { platform: 'linux/arm', takes: ['linux/arm/v7'] },
  'the best that a better variant can run': { platform: 'linux/arm/v8', takes: ['linux/arm/v7'] },
  'one of the usual two where the other is missing': { has: ['linux/s390x', 'linux/arm64'], takes: ['linux/arm64'] },
  'all that can be run, with a warning, where both are missing': {
    has: ['linux/s390x', 'linux/ppc64le'],
    takes: ['linux/s390x', 'linux/ppc64le'],
    warns: /none of linux\/amd64, linux\/arm64: all of linux\/s390x, linux\/ppc64le/,
  },
  "what the registry's settings say": { ofRegistry: true, takes: ['linux/s390x'] },
  'what the setting `platforms` says': { ofService: true, takes: ['linux/arm/v7'] },
  "what the registry's settings say before the setting `platforms`": {
    ofRegistry: true,
    ofService: true,
    takes: ['linux/s390x'],
  },
  'what the request says before all settings': {
    platform: 'linux/amd64',
    ofRegistry: true,
    ofService: true,
    takes: ['linux/amd64'],
  },
}

let plain: DockerRegistry
let told: DockerRegistry
let usual: TestService
let set: TestService
let files: TestFiles
before(async () => {
  if (skip !== false) return
  ;[plain, told, files] = await Promise.all([startDockerRegistry(), startDockerRegistry(), makeFiles()])
  const file = await files.settings({ registries: { [told.host]: { platforms: ['linux/s390x'] } } })
  usual = await startService({ WARMFRONT_CONFIG: file })
  set = await startService({ WARMFRONT_CONFIG: file, WARMFRONT_PLATFORMS: 'linux/arm/v7' })
})
after(async () => {
  if (skip !== false) return
  await Promise.all([usual.stop(), set.stop()])
  await Promise.all([plain.stop(), told.stop(), files.remove()])
})

for (const [name, wanted] of Object.entries(cases)) {
  test(`platforms: of an index is taken ${name}`, { skip }, async () => {
    const { has = five, platform, takes, warns, format = 'oci', attested = false } = wanted
    const registry = wanted.ofRegistry === true ? told : plain
    const service = wanted.ofService === true ? set : usual
    const image = makeImage({ seed: name, platforms: has, format, layers: [300], attestations: attested })
    const repository = `library/${name.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '')}`
    await registry.push(image, `${repository}:1.0`)

    const url = `${registry.host}/${repository}:1.0`
    const { warnings, progress } = await succeeds(service, platform === undefined ? { url } : { url, platform })
    const parts = partsOf(image)
    const expected = takes.flatMap((one) => parts.get(one) ?? [])
    assert.equal(expected.length, takes.length * 3)
    const there = await held(service, [...parts.values()].flat())
    assert.deepEqual([...there].toSorted(), expected.toSorted())
    assert.equal(progress.warm, expected.length + 1) // and the index
    assert.equal(warnings.length, warns === undefined ? 0 : 1, warnings.join('\n'))
    if (warns !== undefined) assert.match(warnings[0] ?? '', warns)
  })
}

test('platforms: one that an index does not have fails the job, which says what there is', { skip }, async () => {
  const image = makeImage({ seed: 'missing', platforms: five, layers: [300], attestations: true })
  await plain.push(image, 'library/missing:1.0')
  for (const platform of ['windows/amd64', 'linux/arm/v5', 'linux/amd64,linux/riscv64']) {
    const { code, message } = await fails(usual, { url: `${plain.host}/library/missing:1.0`, platform })
    assert.equal(code, 'registry.no-platform')
    assert.ok(message.includes(`has no ${platform.split(',').at(-1)}; it has ${five.join(', ')}.`), message)
  }
})
