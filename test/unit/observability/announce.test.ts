// What of the news goes into the log.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../src/model/failure.ts'
import { noProgress } from '../../../src/model/job.ts'
import { logEvents } from '../../../src/observability/announce.ts'

const { problem } = new Failure('peer.full', 'The peer is full.')

test('of a job of which a thousand tasks fail, the log has a hundred, and says that there are more', () => {
  const lines: string[] = []
  const write = (message: string) => void lines.push(message)
  const announce = logEvents({ error: write, warn: write, info: write, debug: write })
  const failed = (job: number) =>
    announce({ at: 'task.failed', job, peer: 'node-1', blob: 'layer', problem, facts: {} })
  for (let n = 0; n < 1000; n++) failed(1)
  failed(2)
  const said = (line: string) => lines.filter((each) => each === line).length
  assert.deepEqual([said('task.failed'), said('further troubles of tasks are not logged')], [101, 1])
  announce({ at: 'job.settled', job: 1, state: 'failed', progress: noProgress, problem, ms: 1 })
  failed(1) // retried since, it counts anew
  assert.equal(said('task.failed'), 102)
})
