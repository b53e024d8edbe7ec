// Writes an image as a directory that skopeo reads (`dir:<directory>`): unlike an OCI layout it holds docker's formats,
// too. Source: containers-transports(5), "dir"; an index's other manifests are named as the program itself writes them.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hexOf } from '../../src/model/digest.ts'
import type { MadeImage } from './image.ts'

export async function writeSkopeoDirectory(directory: string, image: MadeImage): Promise<void> {
  const write = (name: string, bytes: Buffer) => writeFile(join(directory, name), bytes)
  await write('manifest.json', image.top.bytes)
  for (const { digest, bytes } of image.documents) await write(`${hexOf(digest)}.manifest.json`, bytes)
  for (const [digest, bytes] of image.blobs) await write(hexOf(digest), bytes)
}
