// The restatement is held against what the released drivers themselves made of 372 answers.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { decode, type Operation } from './decode.ts'

interface Vector {
  readonly harbor: string
  readonly op: Operation
  readonly http_status: number
  readonly body: string
  readonly outcome: string
  readonly task_id?: string
  readonly harbor_status?: string
  readonly error?: string
  readonly log_line?: string
}

const lines = readFileSync(new URL('../golden/harbor-vectors.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
const vectors = lines.map((line) => JSON.parse(line) as Vector)

test('harbor: there are 372 answers, of five versions', () => {
  assert.equal(vectors.length, 372)
  assert.equal(new Set(vectors.map(({ harbor }) => harbor)).size, 5)
})

for (const [version, answers] of Map.groupBy(vectors, ({ harbor }) => harbor)) {
  test(`harbor: ${version} is restated exactly, answer by answer`, () => {
    for (const vector of answers) check(vector, version, (text) => text)
  })
}

test('harbor: 2.7.0 reads like 2.3.0, with other quotation marks around addresses', () => {
  const quoted = (text: string): string => text.replace(/'(<ENDPOINT>[^']*)'/, '"$1"')
  for (const vector of vectors.filter(({ harbor }) => harbor === 'v2.3.0')) check(vector, 'v2.7.0', quoted)
})

test('harbor: versions that nobody tried read like those before them', () => {
  const alike = {
    'v2.1.0': 'v2.2.4',
    'v2.3.0': 'v2.4.1',
    'v2.11.0': 'v2.8.6',
    'v2.12.0': 'v2.13.1',
    'v2.15.2': 'v3.0.0',
  }
  for (const [known, other] of Object.entries(alike)) {
    for (const vector of vectors.filter(({ harbor }) => harbor === known)) check(vector, other, (text) => text)
  }
})

function check(vector: Vector, version: string, spelled: (error: string) => string): void {
  const answer = { status: vector.http_status, body: vector.body }
  const { outcome, taskId, harborStatus, error, logLine } = decode(version, vector.op, answer, {
    endpoint: '<ENDPOINT>',
    taskId: '7',
  })
  const { task_id = '', harbor_status = '', log_line = '' } = vector
  assert.deepEqual(
    { outcome, taskId, harborStatus, error, logLine },
    {
      outcome: vector.outcome,
      taskId: task_id,
      harborStatus: harbor_status,
      error: spelled(vector.error ?? ''),
      logLine: log_line,
    },
    `${version} ${vector.op} ${vector.http_status} ${vector.body}`,
  )
}
