// What runs is what was tested: exact versions, one Node, and a clear word where it is another.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { test } from 'node:test'

const root = resolve(import.meta.dirname, '../..')

test('package.json names every version exactly', async () => {
  const manifest: Record<string, unknown> = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const groups = ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides']
  const versions = groups.flatMap((group) => textsIn(manifest[group]))
  assert.ok(versions.length > 10)
  // `$typescript` in an override means the version that is named above.
  assert.deepEqual(
    versions.filter((version) => !/^(\d+\.\d+\.\d+|\$\w+)$/.test(version)),
    [],
  )
})

/** Every text in a JSON value, however deep. */
function textsIn(value: unknown): string[] {
  return typeof value === 'string' ? [value] : Object.values(Object(value)).flatMap(textsIn)
}

test('the tests run on Node 24', () => {
  assert.match(process.version, /^v24\./)
})

const oldNode = findOldNode()

test(
  'under a Node that is too old, the program says so in one sentence and exits 1',
  {
    skip: oldNode === undefined && 'no Node older than 22.19 is installed',
  },
  () => {
    const { path, version } = oldNode ?? { path: '', version: '' }
    const { status, stdout, stderr } = spawnSync(path, ['bin/warmfront.mjs', 'serve'], { cwd: root, encoding: 'utf8' })
    assert.equal(status, 1)
    assert.equal(stdout, '')
    assert.equal(
      stderr,
      `warmfront needs Node 22.19 or newer, and this is ${version}. ` +
        'Run "npm ci" and start it with "npm start": the right Node comes with the packages.\n',
    )
  },
)

function findOldNode(): { readonly path: string; readonly version: string } | undefined {
  const directories = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
  for (const directory of directories.filter((name) => !name.includes('node_modules'))) {
    const path = join(directory, 'node')
    const version = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout?.trim() ?? ''
    const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(version) ?? []
    if (major !== undefined && Number(major) * 100 + Number(minor) < 2219) return { path, version }
  }
  return undefined
}
