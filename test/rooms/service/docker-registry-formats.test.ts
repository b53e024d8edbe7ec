// What a real registry holds besides the usual images: docker's formats, zstd, artifacts and models, byte for byte.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type DockerRegistry, dockerRegistryMissing, startDockerRegistry } from '../../support/docker-registry.ts'
import {
  bytesOf,
  descriptorOf,
  digestOf,
  documentOf,
  makeImage,
  mediaTypes,
  type MadeImage,
} from '../../support/image.ts'
import { startService, type TestService } from '../../support/service.ts'
import { serves, succeeds } from '../../support/warmed.ts'

const skip = dockerRegistryMissing()

interface Part {
  readonly mediaType: string
  readonly bytes: Buffer
}

/** An OCI manifest of just these parts. */
function manifestOf(config: Part, layers: readonly Part[], fields: object = {}): MadeImage {
  const top = documentOf(mediaTypes.ociManifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    ...fields,
    config: descriptorOf(config.bytes, config.mediaType),
    layers: layers.map(({ bytes, mediaType }) => descriptorOf(bytes, mediaType)),
  })
  const blobs = new Map([config, ...layers].map(({ bytes }) => [digestOf(bytes), bytes] as const))
  return { top, documents: [top], blobs }
}

const part = (mediaType: string, content: Buffer | object): Part => ({
  mediaType,
  bytes: Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content)),
})
/** image-spec v1.1, manifest.md, "Guidance for an Empty Descriptor". */
const empty = part('application/vnd.oci.empty.v1+json', {})
const zstd = bytesOf(80_000, 'not really zstd: to us it is opaque')
const amd64 = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [digestOf(zstd)] } }

const formats: Readonly<Record<string, MadeImage>> = {
  'an image of docker schema 2': makeImage({ format: 'docker', layers: [60_000, 30] }),
  "a docker's manifest list": makeImage({ format: 'docker', seed: 'list', platforms: ['linux/amd64', 'linux/arm64'] }),
  'an image with a layer of zstd': manifestOf(part(mediaTypes.ociConfig, amd64), [
    part('application/vnd.oci.image.layer.v1.tar+zstd', zstd),
  ]),
  'an artifact with the empty config and layers of unknown types': manifestOf(
    empty,
    [
      part('application/vnd.example.sbom+json', { packages: [] }),
      part('text/x.anything; charset=utf-8', bytesOf(9000, 'attachment')),
    ],
    { artifactType: 'application/vnd.example.report.v1' },
  ),
  'an artifact whose one layer is the empty descriptor': manifestOf(empty, [empty], {
    artifactType: 'application/vnd.example.marker.v1',
    annotations: { 'org.example.note': 'nothing inside' },
  }),
  'a chart': manifestOf(part('application/vnd.cncf.helm.config.v1+json', { name: 'app', version: '1.0.0' }), [
    part('application/vnd.cncf.helm.chart.content.v1.tar+gzip', bytesOf(7000, 'chart')),
  ]),
  'a model': manifestOf(
    part('application/vnd.cncf.model.config.v1+json', { descriptor: { name: 'small' }, modelfs: { type: 'layers' } }),
    [
      part('application/vnd.cncf.model.weight.v1.raw', bytesOf(3_000_000, 'weights')),
      part('application/vnd.cncf.model.weight.config.v1.raw', { hidden_size: 8 }),
      part('application/vnd.cncf.model.doc.v1.tar', bytesOf(2048, 'readme')),
    ],
    { artifactType: 'application/vnd.cncf.model.manifest.v1+json' },
  ),
}

let registry: DockerRegistry
let service: TestService
before(async () => {
  if (skip !== false) return
  registry = await startDockerRegistry()
  service = await startService()
})
after(async () => {
  if (skip !== false) return
  await service.stop()
  await registry.stop()
})

const repositoryOf = (name: string): string => `library/${name.replaceAll(/[^a-z0-9]+/g, '-')}`

for (const [name, image] of Object.entries(formats)) {
  test(`formats: ${name} is preheated, by tag and by digest`, { skip }, async () => {
    const repository = repositoryOf(name)
    await registry.push(image, `${repository}:1.0`)
    for (const at of [':1.0', `@${image.top.digest}`]) {
      const { warnings, progress } = await succeeds(service, { url: `${registry.host}/${repository}${at}` })
      assert.deepEqual(warnings, [])
      assert.equal(progress.warm, new Set([...image.documents.map(({ digest }) => digest), ...image.blobs.keys()]).size)
    }
  })
}

test(
  'formats: with the registry stopped, all of them are served, and it was asked for each blob once',
  { skip },
  async () => {
    const requests = await registry.stop()
    for (const [name, image] of Object.entries(formats)) {
      await serves(service, repositoryOf(name), image)
      for (const digest of image.blobs.keys()) {
        const reads = requests.filter(({ method, path }) => method === 'GET' && path.endsWith(digest))
        assert.ok(reads.length <= 1, `${name}: ${reads.length} reads of ${digest}`)
      }
    }
    const kinds = new Set(requests.map(({ status }) => status))
    assert.deepEqual(kinds, new Set([200]))
  },
)

test('formats: a manifest is answered with the type that its registry gave it', { skip }, async () => {
  for (const [name, image] of Object.entries(formats)) {
    const answer = await fetch(`${service.url}/v2/${repositoryOf(name)}/manifests/${image.top.digest}`, {
      method: 'HEAD',
    })
    assert.equal(answer.headers.get('content-type'), image.top.mediaType, name)
  }
})
