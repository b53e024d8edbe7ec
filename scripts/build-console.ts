// Builds the console into dist/console, unless what is there was built of the same sources: `npm run build`.

import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const root = new URL('..', import.meta.url)
const sources = new URL('src/console/', root)
const dist = new URL('dist/', root)
const built = new URL('console', dist)
/** Says of what the build was made. */
const stamp = 'sources.sha256'

/** Smaller files are not worth a second name. */
const leastBytes = 1024

/** Resolves true where something was built, false where what is there is as it should be. */
export async function buildConsole(): Promise<boolean> {
  const made = await hashOfSources()
  if ((await stampOf()) === made) return false
  // Only now: it is large, and where the service is installed without what builds the console it is not there.
  const { build } = await import('vite')
  await mkdir(dist, { recursive: true })
  const fresh = await mkdtemp(`${fileURLToPath(dist)}console-`)
  try {
    await build({
      configFile: fileURLToPath(new URL('vite.config.ts', sources)),
      logLevel: 'warn',
      build: { outDir: fresh },
    })
    await compressAll(fresh)
    await writeFile(`${fresh}/${stamp}`, made)
    await replace(fresh)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return true
}

/** Whole or not at all: what reads it may start at any time, and another build may be done first, of the same sources. */
async function replace(fresh: string): Promise<void> {
  const old = `${fresh}-old`
  await rename(built, old).catch(() => {})
  await rename(fresh, built).catch(async (error: unknown) => {
    if ((await stampOf()) === '') throw error
  })
  await rm(old, { recursive: true, force: true })
}

/** Of what is built; '' where nothing is. */
const stampOf = (): Promise<string> => readFile(new URL(`console/${stamp}`, dist), 'utf8').catch(() => '')

/** Of the console, of the packages that are built into it, and of how that is done. */
async function hashOfSources(): Promise<string> {
  const entries = await readdir(sources, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => `${parentPath}/${name}`)
  const hash = createHash('sha256')
  const others = ['package-lock.json', 'tsconfig.json', 'scripts/build-console.ts']
  for (const file of [...files.toSorted(), ...others.map((name) => fileURLToPath(new URL(name, root)))]) {
    hash.update(`${file.slice(fileURLToPath(root).length)}\0`).update(await readFile(file))
  }
  return hash.digest('hex')
}

/** Beside each file, for the service to send as it is. */
async function compressAll(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => `${parentPath}/${name}`)
  await Promise.all(files.map(compress))
}

async function compress(file: string): Promise<void> {
  const plain = await readFile(file)
  if (plain.length < leastBytes) return
  const best = { params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } }
  await writeFile(`${file}.br`, await promisify(brotliCompress)(plain, best))
  await writeFile(`${file}.gz`, await promisify(gzip)(plain, { level: constants.Z_BEST_COMPRESSION }))
}

if (import.meta.main) {
  try {
    if (await buildConsole()) console.log('The console was built.')
  } catch (error) {
    // The service does its work without it, and says at /console/ what is missing.
    const why = error instanceof Error ? error.message : String(error)
    console.error(`The console could not be built: ${why}`)
    if (!process.argv.includes('--or-go-on')) process.exitCode = 1
  }
}
