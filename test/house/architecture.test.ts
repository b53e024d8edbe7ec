// The import rules hold, and they are awake: a cruise that sees nothing reports success.

import assert from 'node:assert/strict'
import { copyFile, cp, glob, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { test } from 'node:test'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config'

const root = resolve(import.meta.dirname, '../..')

async function cruiseSources(baseDir: string): Promise<ICruiseResult> {
  const options = await extractOptions(join(root, '.dependency-cruiser.mjs'))
  const tsConfig = extractTsConfig(join(root, 'tsconfig.json'))
  const { output } = await cruise(['src'], { ...options, baseDir }, {}, { tsConfig })
  assert.ok(typeof output === 'object')
  return output
}

const violationsOf = (result: ICruiseResult): string[] =>
  result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)

test('no import in src breaks a rule, and every file in src was seen', async () => {
  const files = await Array.fromAsync(glob('src/**/*.{ts,tsx}', { cwd: root }))
  const result = await cruiseSources(root)
  const seen = result.modules.map(({ source }) => source).filter((source) => /^src\/.*\.tsx?$/.test(source))
  assert.deepEqual(seen.toSorted(), files.toSorted())
  assert.deepEqual(violationsOf(result), [])
})

/** Each fault alone in a file of its own, and the rule that must find it. */
const faults = [
  { rule: 'engine-looks-inward', file: 'src/engine/planted.ts', line: `import '../store/innocent.ts'` },
  {
    rule: 'engine-looks-inward',
    file: 'src/engine/planted-type.ts',
    line: `import type {} from '../registry/innocent.ts'`,
  },
  { rule: 'registry-looks-inward', file: 'src/registry/planted.ts', line: `import '../peers/local/innocent.ts'` },
  { rule: 'kit-looks-inward', file: 'src/kit/planted.ts', line: `import '../model/innocent.ts'` },
  { rule: 'strangers', file: 'src/peers/planted/driver.ts', line: `import '../local/innocent.ts'` },
  { rule: 'strangers', file: 'src/contracts/supernode/planted.ts', line: `import '../open-api/innocent.ts'` },
  { rule: 'peers-know-no-driver', file: 'src/peers/planted.ts', line: `import './local/innocent.ts'` },
  { rule: 'http-knows-no-contract', file: 'src/contracts/http/planted.ts', line: `import '../open-api/innocent.ts'` },
  {
    rule: 'nobody-reads-the-configuration',
    file: 'src/contracts/ops/planted.ts',
    line: `import '../../config/innocent.ts'`,
  },
  { rule: 'pure-rooms', file: 'src/engine/planted-disk.ts', line: `import 'node:fs'` },
  { rule: 'pure-rooms', file: 'src/model/planted-package.ts', line: `import 'yaml'` },
  { rule: 'kit-is-home', file: 'src/registry/planted-client.ts', line: `import 'undici'` },
  { rule: 'contracts-http-is-home', file: 'src/store/planted.ts', line: `import 'express'` },
  { rule: 'contracts-http-is-home', file: 'src/contracts/ops/planted-type.ts', line: `import type {} from 'express'` },
  { rule: 'store-is-home', file: 'src/queue/planted.ts', line: `import 'knex'` },
  { rule: 'store-is-home', file: 'src/queue/planted-lazily.ts', line: `await import('@electric-sql/pglite')` },
  { rule: 'observability-is-home', file: 'src/kit/planted-log.ts', line: `import 'winston'` },
  { rule: 'config-is-home', file: 'src/auth/planted.ts', line: `import 'yaml'` },
  { rule: 'package-without-a-home', file: 'src/kit/planted-tool.ts', line: `import 'typescript'` },
  { rule: 'one-way-out', file: 'src/peers/local/planted.ts', line: `import 'node:http'` },
  { rule: 'console-is-a-client', file: 'src/auth/planted-page.ts', line: `import '../console/innocent.ts'` },
  { rule: 'console-looks-inward', file: 'src/console/planted.ts', line: `import type {} from '../model/innocent.ts'` },
  { rule: 'main-starts-compose', file: 'src/main.ts', line: `import './engine/innocent.ts'` },
  { rule: 'src-stands-alone', file: 'src/kit/planted-test.ts', line: `import '../../test/innocent.ts'` },
  { rule: 'unresolved', file: 'src/kit/planted-nowhere.ts', line: `import './nowhere.ts'` },
  { rule: 'no-cycles', file: 'src/auth/planted-here.ts', line: `import './planted-there.ts'` },
  { rule: 'no-orphans', file: 'src/auth/planted-orphan.ts', line: '' },
]

const innocents = [
  ...['kit', 'model', 'engine', 'registry', 'peers/local', 'store', 'config', 'contracts/open-api', 'console'].map(
    (room) => `src/${room}/innocent.ts`,
  ),
  'test/innocent.ts',
]

test('every planted fault is found, each by its own rule', async (t) => {
  const copy = await mkdtemp(join(tmpdir(), 'warmfront-imports-'))
  t.after(() => rm(copy, { recursive: true }))
  await cp(join(root, 'src'), join(copy, 'src'), { recursive: true })
  await copyFile(join(root, 'package.json'), join(copy, 'package.json'))
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
  const plant = async (file: string, text: string) => {
    await mkdir(dirname(join(copy, file)), { recursive: true })
    await writeFile(join(copy, file), text)
  }
  for (const file of innocents) await plant(file, 'export {}\n')
  for (const { file, line } of faults) await plant(file, `${line}\nexport {}\n`)
  await plant('src/auth/planted-there.ts', `import './planted-here.ts'\nexport {}\n`)

  const { summary } = await cruiseSources(copy)
  const found = new Set(summary.violations.map(({ rule, from }) => `${rule.name} in ${from}`))
  const missed = faults.filter(({ rule, file }) => !found.has(`${rule} in ${file}`))
  assert.deepEqual(missed, [])
})
