// Small acts on files that must survive a crash.

import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { temporaryKey } from './layout.ts'
import { codeOf } from './translate.ts'

/** After this a power failure cannot undo a rename in the folder. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Moves a synced file to its place for good. */
export async function moveForGood(from: string, to: string): Promise<void> {
  const folder = dirname(to)
  const created = await mkdir(folder, { recursive: true })
  await rename(from, to)
  await syncFolder(folder)
  if (created !== undefined) await syncFolder(dirname(folder))
}

/** Readers see the old text or the new one, never half of it. */
export async function writeWhole(dir: string, key: string, text: string): Promise<void> {
  const temporary = join(dir, temporaryKey(randomUUID()))
  try {
    await writeFile(temporary, text, { flush: true })
    await mkdir(dirname(join(dir, key)), { recursive: true })
    await rename(temporary, join(dir, key))
  } catch (thrown) {
    await rm(temporary, { force: true })
    throw thrown
  }
}

/** undefined where there is no such file. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}
