// Every client of every contract against the whole service. What each has called and had accepted becomes the table of
// docs/contracts.md, which `WARMFRONT_WRITE_DOCS=1 npm exec -- node --test 'test/contracts/*.test.ts'` writes anew.

import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { after, before, suite, test } from 'node:test'
import { harborClusters } from './books/harbor-clusters.ts'
import { harborInstances, pathPrefixes } from './books/harbor-instances.ts'
import { harborJobs } from './books/harbor-jobs.ts'
import { harborStates } from './books/harbor-states.ts'
import { notifications } from './books/notifications.ts'
import { rest } from './books/rest.ts'
import { supernode } from './books/supernode.ts'
import { columns, Seen } from './columns.ts'
import { renderPage, writeAnew } from './page.ts'
import { Stage } from './stage.ts'

const seen = new Seen()
const page = new URL('../../docs/contracts.md', import.meta.url)

suite('on one service', { concurrency: 4 }, () => {
  let stage: Stage
  before(async () => {
    stage = await Stage.open(seen, { WARMFRONT_PATH_PREFIXES: pathPrefixes })
  })
  after(() => stage.close())
  harborJobs(() => stage)
  harborInstances(() => stage)
  supernode(() => stage)
  notifications(() => stage)
  rest(() => stage)
})

suite('on services of their own', { concurrency: 2 }, () => {
  harborStates(seen)
  harborClusters(seen)
})

test('every operation of every contract was called by a client, and every client has called some', () => {
  const { operations } = seen
  const uncalled = operations.filter((operation) => !columns.some((column) => seen.has(operation, column)))
  assert.deepEqual(uncalled, [])
  const idle = columns.filter((column) => !operations.some((operation) => seen.has(operation, column)))
  assert.deepEqual(idle, [])
})

test('docs/contracts.md shows who was seen to call what', async () => {
  const written = await renderPage(seen)
  if (process.env['WARMFRONT_WRITE_DOCS'] === '1') await writeFile(page, written)
  assert.equal(await readFile(page, 'utf8'), written, `to write it anew: ${writeAnew}`)
})
