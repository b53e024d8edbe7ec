// A job in every state, read by every Harbor, also while the service dies and comes back.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startsWarming } from './waiting.ts'
import type { Seen } from '../columns.ts'
import { isLegacy, Stage, versions } from '../stage.ts'
import { failed, succeeded } from './harbor-jobs.ts'

export function harborStates(seen: Seen): void {
  test('queued, running, killed, stopped and then successful: every Harbor understands it all', async () => {
    const stage = await Stage.open(seen, { WARMFRONT_JOBS_AT_ONCE: '1' })
    await using cleanUp = new AsyncDisposableStack()
    cleanUp.defer(() => stage.close())
    const held = Promise.withResolvers<void>()
    cleanUp.defer(() => held.resolve())
    stage.registry.fault({ path: /\/library\/states-.*\/blobs\//, held: held.promise })

    const done = await stage.harbor('v2.1.0').run(stage.push('library/done'))
    const lost = await stage.harbor('v2.11.0').run(stage.imageOf('library/lost'))
    const running = await stage.harbor('v2.15.2').preheat(stage.push('library/states-running'))
    await startsWarming(stage.registry, 'library/states-running')
    const queued = await Promise.all(
      versions.map(async (version) => {
        const { outcome, taskId } = await stage.harbor(version).preheat(stage.push(`library/states-${version}`))
        assert.equal(outcome, 'ok')
        return { version, taskId }
      }),
    )
    const look = async (): Promise<void> => {
      succeeded(await stage.harbor('v2.1.0').follow(done.taskId))
      assert.deepEqual(await stage.harbor('v2.11.0').follow(lost.taskId), {
        ...lost,
        log: lost.log.slice(-1).map((line) => line.replace(/http:\/\/[^/]+/, stage.service.url)),
      })
      for (const { version, taskId } of queued) {
        const harbor = stage.harbor(version)
        assert.equal((await harbor.health()).harborStatus, 'Healthy')
        // 2.12 and later know no state between accepted and done.
        assert.equal((await harbor.progress(taskId)).harborStatus, isLegacy(version) ? 'PENDING' : 'RUNNING')
      }
    }
    await look()
    // One job, read through every contract.
    for (const version of versions) {
      assert.equal((await stage.harbor(version).progress(running.taskId)).harborStatus, 'RUNNING')
    }
    const kraken = await stage.harbor('v2.15.2', 'kraken').preheat(stage.push('library/states-kraken'))
    assert.equal(kraken.harborStatus, 'SUCCESS')

    await stage.service.restart('killed')
    await look()
    await stage.service.restart('stopped')
    await look()
    stage.registry.healed()
    held.resolve()
    await Promise.all(
      [...queued, { version: 'v2.15.2', taskId: running.taskId }].map(async ({ version, taskId }) =>
        succeeded(await stage.harbor(version).follow(taskId)),
      ),
    )
  })

  test('a job that takes too long fails before Harbor gives up, and says how far it was', async () => {
    const stage = await Stage.open(seen, { WARMFRONT_JOB_TIMEOUT: '2s' })
    await using cleanUp = new AsyncDisposableStack()
    cleanUp.defer(() => stage.close())
    const held = Promise.withResolvers<void>()
    cleanUp.defer(() => held.resolve())
    stage.registry.fault({ path: /\/blobs\//, held: held.promise })
    await Promise.all(
      versions.map(async (version) => {
        const outcome = await stage.harbor(version).run(stage.push(`library/slow-${version}`))
        await failed({ stage, version, outcome, code: 'job.deadline' })
        assert.match(outcome.log.at(-1) ?? '', /was not done within its 2 s/)
      }),
    )
  })

  test('a contract that is switched off is unhealthy for its Harbors, and the others go on', async () => {
    const stage = await Stage.open(seen, { WARMFRONT_CONTRACTS: 'open-api' })
    await using cleanUp = new AsyncDisposableStack()
    cleanUp.defer(() => stage.close())
    for (const version of versions) {
      const { outcome } = await stage.harbor(version).health()
      assert.equal(outcome, isLegacy(version) ? 'error' : 'ok', version)
      assert.equal((await stage.harbor(version, 'kraken').health()).outcome, 'error')
    }
  })
}
