// What an earlier run left in the cache's directory: found by names, sizes and times; no content is read.

import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { blobFolders, digestOfFile, isResumable, namesFolder, partialFolder } from './layout.ts'

/** A broken-off download that nobody took up again for this long is not worth its room. */
const partialLifetimeMs = 24 * 3600_000

/** Folders looked at side by side; each holds a few hundred files at the very most that one expects. */
const foldersAtOnce = 16

export interface Found {
  readonly key: string
  readonly bytes: number
  readonly usedAtMs: number
}

/** Complete blobs and downloads worth resuming, least recently used first. Removes what is neither. */
export async function scan(dir: string, nowMs: number, nameLifetimeMs: number): Promise<readonly Found[]> {
  const folders = [partialFolder, namesFolder, ...blobFolders]
  await Promise.all(folders.map((folder) => mkdir(join(dir, folder), { recursive: true })))
  const partials = await scanPartials(dir, nowMs)
  const blobs = await scanBlobs(dir)
  await sweepNames(dir, nowMs - nameLifetimeMs)
  return [...partials, ...blobs].sort((a, b) => a.usedAtMs - b.usedAtMs)
}

async function scanBlobs(dir: string): Promise<readonly Found[]> {
  const shelves: { readonly folder: string; readonly shelf: string }[] = []
  for (const folder of blobFolders) {
    for (const entry of await readdir(join(dir, folder), { withFileTypes: true })) {
      if (entry.isDirectory()) shelves.push({ folder, shelf: entry.name })
    }
  }
  const found: Found[] = []
  const next = shelves.values()
  const walk = async () => {
    for (const { folder, shelf } of next) {
      const names = (await readdir(join(dir, folder, shelf))).filter((name) => digestOfFile(folder, name) !== undefined)
      found.push(...(await measure(dir, `${folder}/${shelf}`, names)))
    }
  }
  await Promise.all(Array.from({ length: foldersAtOnce }, walk))
  return found
}

async function scanPartials(dir: string, nowMs: number): Promise<readonly Found[]> {
  const names = await readdir(join(dir, partialFolder))
  const found = await measure(dir, partialFolder, names)
  const kept = found.filter(
    ({ key, usedAtMs }) => isResumable(key.slice(partialFolder.length + 1)) && nowMs - usedAtMs < partialLifetimeMs,
  )
  const keptKeys = new Set(kept.map(({ key }) => key))
  for (const { key } of found) if (!keptKeys.has(key)) await rm(join(dir, key), { force: true, recursive: true })
  return kept
}

async function sweepNames(dir: string, olderThanMs: number): Promise<void> {
  const names = await measure(dir, namesFolder, await readdir(join(dir, namesFolder)))
  for (const { key, usedAtMs } of names) if (usedAtMs < olderThanMs) await rm(join(dir, key), { force: true })
}

function measure(dir: string, folder: string, names: readonly string[]): Promise<Found[]> {
  return Promise.all(
    names.map(async (name) => {
      const key = `${folder}/${name}`
      const { size, mtimeMs } = await stat(join(dir, key))
      return { key, bytes: size, usedAtMs: mtimeMs }
    }),
  )
}
