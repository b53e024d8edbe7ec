// Two replicas on one PostgreSQL: what one leaves, the other one ends.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databaseKinds, openTestDatabase } from '../../support/database.ts'
import { makeImage } from '../../support/image.ts'
import { startRegistry } from '../../support/registry.ts'
import { startService } from '../../support/service.ts'

const skip = databaseKinds.find(({ kind }) => kind === 'postgresql')?.skip ?? false

test(
  'replicas: a job of a replica that was killed is ended by the other one, with its credential',
  { skip },
  async () => {
    await using cleanUp = new AsyncDisposableStack()
    const own = await openTestDatabase('postgresql')
    cleanUp.defer(() => own.close())
    const registry = await startRegistry({ auth: { kind: 'basic', users: { u: 'right' } } })
    cleanUp.defer(() => registry.close())
    registry.push('library/app', makeImage(), '1.0')
    const held = Promise.withResolvers<void>()
    registry.fault({ path: /blobs/, held: held.promise })
    const settings = {
      DATABASE_URL: own.options.url ?? '',
      WARMFRONT_SECRET_KEY: 'the-same-key-for-all-replicas-0123456789',
      WARMFRONT_JOB_LEASE: '3s',
    }
    const first = await startService(settings)
    cleanUp.defer(() => first.stop())
    const job = await first.preheat({
      type: 'image',
      url: `${registry.host}/library/app:1.0`,
      username: 'u',
      password: 'right',
    })
    while (registry.asked(/blobs/).length === 0) await new Promise(setImmediate)
    const second = await startService(settings)
    cleanUp.defer(() => second.stop())
    assert.equal((await second.job(job.id)).phase, 'warming')
    await first.kill()
    registry.healed()
    held.resolve()
    const settled = await second.settled(job.id)
    assert.equal(settled.state, 'SUCCESS', JSON.stringify(settled.error))
  },
)
