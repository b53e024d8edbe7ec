// The tests are awake: each fault of a short list is planted, and some test notices it.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { plantedFaults, type PlantedFault } from './planted-faults.ts'

const root = new URL('../../', import.meta.url)
const pathOf = (name: string) => fileURLToPath(new URL(name, root))

/** Runs the fault's tests with it, or as things are. */
function runTests({ file, find, replace, tests }: PlantedFault): Promise<{ ok: boolean; output: string }> {
  const planted = JSON.stringify({ path: pathOf(`src/${file}`), find, replace })
  const { NODE_TEST_CONTEXT: _, ...env } = process.env // it would make the inner runner report to this one
  const args = ['--test', '--test-reporter=tap', `--import=${new URL('test/support/mutate.ts', root).href}`]
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...args, ...tests.map((name) => pathOf(`test/${name}`))],
      { cwd: pathOf('.'), env: { ...env, WARMFRONT_TEST_PLANTED: planted }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => resolve({ ok: error === null, output: `${stdout}${stderr}` }),
    )
  })
}

test('planted faults: the tests that have to notice them pass without them', async () => {
  const [first] = plantedFaults
  assert.ok(first)
  const all = [...new Set(plantedFaults.flatMap(({ tests }) => tests))]
  const { ok, output } = await runTests({ ...first, replace: first.find, tests: all })
  assert.ok(ok, output)
})

test('planted faults: each is noticed', { concurrency: 2 }, async (t) => {
  await Promise.all(
    plantedFaults.map((planted) =>
      t.test(`planted faults: ${planted.fault}`, async () => {
        const { file, find } = planted
        const source = readFileSync(pathOf(`src/${file}`), 'utf8')
        assert.equal(source.split(find).length, 2, `${JSON.stringify(find)} stands once in src/${file}`)
        const { ok, output } = await runTests(planted)
        assert.equal(ok, false, `no test of ${planted.tests.join(', ')} failed`)
        assert.doesNotMatch(output, /SyntaxError|ReferenceError/, 'what was planted is no program')
      }),
    ),
  )
})
