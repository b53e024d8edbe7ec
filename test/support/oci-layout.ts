// Writes an image as an OCI layout: a directory that skopeo reads. image-spec v1.1, image-layout.md.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Digest } from '../../src/model/digest.ts'
import { hexOf } from '../../src/model/digest.ts'
import { descriptorOf, type MadeImage } from './image.ts'

/** The layout's one image is called `latest`; skopeo's name for it is `oci:<directory>:latest`. */
export async function writeOciLayout(directory: string, image: MadeImage): Promise<void> {
  const blobs = join(directory, 'blobs', 'sha256')
  await mkdir(blobs, { recursive: true })
  const write = (digest: Digest, bytes: Buffer) => writeFile(join(blobs, hexOf(digest)), bytes)
  for (const { digest, bytes } of image.documents) await write(digest, bytes)
  for (const [digest, bytes] of image.blobs) await write(digest, bytes)
  const top = {
    ...descriptorOf(image.top.bytes, image.top.mediaType),
    annotations: { 'org.opencontainers.image.ref.name': 'latest' },
  }
  await writeFile(join(directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [top] }))
  await writeFile(join(directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
}
