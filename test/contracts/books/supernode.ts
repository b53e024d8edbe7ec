// The pre-release Harbor driver, and REST clients of the supernode's document.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesOf } from '../../support/image.ts'
import type { PrereleaseDriver, SupernodeAnswer } from '../clients/prerelease.ts'
import type { Stage } from '../stage.ts'
import { ends, startsWarming } from './waiting.ts'

export function supernode(stage: () => Stage): void {
  const settled = (driver: PrereleaseDriver, taskId: string): Promise<SupernodeAnswer> =>
    ends(
      () => driver.progress(taskId),
      ({ data }) => data.status !== 'RUNNING',
    )

  test('supernode: the pre-release driver is healthy, and its job succeeds', async () => {
    const driver = stage().prerelease()
    assert.equal((await driver.check()).code, 200n)
    const { repository, registry, authorization } = stage().push('library/supernode')
    const reference = `${new URL(registry).host}/${repository}:1.0`
    const { code, data } = await driver.preheat('image', reference, { Authorization: authorization })
    assert.equal(code, 200n)
    assert.equal((await settled(driver, data.taskId)).data.status, 'SUCCESS')
  })

  test('supernode: the address that it never filled in is an error with a reason', async () => {
    const { code, msg } = await stage().prerelease().progressOfNothing()
    assert.equal(code, 400n)
    assert.match(msg, /\{taskId\}/)
  })

  test('supernode: a job that runs is RUNNING, and one that was cancelled is FAIL with a reason', async () => {
    const driver = stage().prerelease()
    const { repository, registry, authorization } = stage().push('library/supernode-held')
    const held = Promise.withResolvers<void>()
    stage().registry.fault({ path: /\/supernode-held\/blobs\//, held: held.promise })
    const url = `${new URL(registry).host}/${repository}:1.0`
    const { data } = await driver.preheat('image', url, { Authorization: authorization })
    await startsWarming(stage().registry, repository)
    assert.equal((await driver.progress(data.taskId)).data.status, 'RUNNING')
    await stage().rest().ok('POST', `/oapi/v1/jobs/${data.taskId}/cancel`)
    held.resolve()
    const { data: end, msg } = await settled(driver, data.taskId)
    assert.equal(end.status, 'FAIL')
    assert.match(msg, /cancelled/)
  })

  test('supernode: a job that failed says why', async () => {
    const driver = stage().prerelease()
    const { data } = await driver.preheat('image', `${stage().registry.host}/library/absent:1.0`, {
      Authorization: stage().imageOf('library/absent').authorization,
    })
    const { data: end, msg } = await settled(driver, data.taskId)
    assert.equal(end.status, 'FAIL')
    assert.match(msg, /library\/absent/)
  })

  test('supernode: what it cannot take is a code and a message', async () => {
    const driver = stage().prerelease()
    for (const [type, url] of [
      ['video', 'a/b:c'],
      ['image', ''],
      ['file', 'no address'],
    ] as const) {
      const { code, msg, data } = await driver.preheat(type, url)
      assert.equal(code, 400n)
      assert.notEqual(msg, '')
      assert.equal(data.taskId, '')
    }
    assert.equal((await driver.progress('987654321')).code, 400n)
  })

  test('supernode: as the document has it, with "header" in the singular, and for files', async () => {
    const { repository, registry, authorization } = stage().push('library/supernode-document')
    const url = `${new URL(registry).host}/${repository}:1.0`
    const image = { type: 'image', url, header: { Authorization: authorization } }
    stage().registry.putFile('/releases/tool.tar.gz', bytesOf(5000, 'a tool'))
    const file = { type: 'file', url: `${registry}/releases/tool.tar.gz` }
    for (const body of [image, file]) {
      const { code, data } = await stage().rest().ok<Accepted>('POST', '/api/preheat', body)
      assert.equal(code, 200)
      assert.equal((await settled(stage().prerelease(), data.taskId)).data.status, 'SUCCESS')
    }
  })
}

interface Accepted {
  readonly code: number
  readonly data: { readonly taskId: string }
}
