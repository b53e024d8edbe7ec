// What the source says about itself: purposes, numbers, places.

import assert from 'node:assert/strict'
import { glob, readdir, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { test } from 'node:test'

const root = resolve(import.meta.dirname, '../..')
const read = (file: string) => readFile(join(root, file), 'utf8')
const find = async (pattern: string | readonly string[], exclude: readonly string[] = []) =>
  (await Array.fromAsync(glob(pattern, { cwd: root, exclude }))).toSorted()

/** The files, each with its text, for which the judgement is true. */
async function guilty(files: readonly string[], judge: (text: string) => boolean): Promise<string[]> {
  const judged = await Promise.all(
    files.map(async (file) => ((await isFile(file)) && judge(await read(file)) ? file : '')),
  )
  return judged.filter((file) => file !== '')
}

const isFile = async (file: string) => (await stat(join(root, file))).isFile()

test('every file in src begins with a comment that says what it is for', async () => {
  const files = await find('src/**/*.{ts,tsx}')
  assert.ok(files.length > 0)
  assert.deepEqual(await guilty(files, (text) => !/^(\/\/ |\/\*\*)/.test(text)), [])
})

test('only src/config reads the environment, which main.ts hands to it', async () => {
  // A page in a browser has none, and the console tells people of theirs.
  const files = await find('src/**/*.{ts,tsx}', ['src/config/**', 'src/main.ts', 'src/console/**'])
  assert.ok(files.length > 0)
  assert.deepEqual(
    await guilty(files, (text) => /\bprocess\.env\b|\bfrom '(?:node:)?process'|\} = process\b/.test(text)),
    [],
  )
})

test('migrations are numbered without gaps, and say whether they expand or contract', async () => {
  const files = (await readdir(join(root, 'migrations'))).toSorted()
  assert.ok(files.length > 0)
  const numbers = files.map((file) => /^(\d{4})[-_][a-z0-9_-]+\.ts$/.exec(file)?.[1] ?? file)
  const expected = files.map((_, place) => String(place + 1).padStart(4, '0'))
  assert.deepEqual(numbers, expected)
  const paths = files.map((file) => `migrations/${file}`)
  assert.deepEqual(await guilty(paths, (text) => !/^\/\/ (expand|contract)\b/i.test(text)), [])
})

test('every contract has the same four files', async () => {
  const folders = await readdir(join(root, 'src/contracts'), { withFileTypes: true })
  for (const { name } of folders.filter((entry) => entry.isDirectory() && !['http', 'ops'].includes(entry.name))) {
    const files = await readdir(join(root, 'src/contracts', name))
    const missing = ['refusals.ts', 'routes.ts', 'translate.ts', 'wire.ts'].filter((file) => !files.includes(file))
    assert.deepEqual(missing, [], `missing in src/contracts/${name}`)
  }
})

test('no file names a path of the machine that it was written on', async () => {
  const ignored = (await read('.gitignore')).split('\n').filter((line) => line !== '')
  const names = ['.git', ...ignored].map((name) => name.replace(/\/$/, ''))
  const files = await find(
    ['**/*', '**/.*', '**/.*/**/*'],
    names.flatMap((name) => [name, `**/${name}`]),
  )
  for (const file of ['.gitignore', '.ci/run', 'package.json', 'test/house/source.test.ts']) {
    assert.ok(files.includes(file), `${file} was not looked at`)
  }
  // In an address or a longer path the slash follows something; that of a home directory follows nothing.
  const homes = /(?<![\w.~}-])\/(?:home|root|work|Users)\/\w/
  assert.match(['in ', 'home', 'somebody'].join('/'), homes)
  assert.doesNotMatch('https://example.test/home/page and deploy/root/etc', homes)
  // The lock's integrity values are base64, in which anything may occur.
  const written = files.filter((file) => file !== 'package-lock.json')
  assert.deepEqual(await guilty(written, (text) => homes.test(text)), [])
})

test('the lock file holds no download address', async () => {
  const lock = await read('package-lock.json')
  assert.match(lock, /"integrity": "/)
  assert.doesNotMatch(lock, /"resolved": "/)
})
