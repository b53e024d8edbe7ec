import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSettings } from '../../../../src/peers/dragonfly/settings.ts'
import { usualFilteredParams } from '../../../../src/peers/dragonfly/task-id.ts'

test('without settings the ids are learned and Docker Hub is spelled as nodes do', () => {
  const { schedulers, taskId, registryUrls, pulls, proxyPort } = parseSettings({})
  assert.deepEqual({ schedulers, taskId, proxyPort }, { schedulers: [], taskId: 'auto', proxyPort: 4001 })
  assert.deepEqual([...registryUrls], [['docker.io', 'https://index.docker.io']])
  const expected = { tag: '', application: '', filteredQueryParams: usualFilteredParams, pieceLength: null }
  assert.deepEqual(pulls, expected)
})

test('every setting is read', () => {
  const settings = parseSettings({
    schedulers: ['scheduler-0:8002', '[::1]:8002'],
    task_id: 'url',
    registry_urls: { 'docker.io': 'https://docker.io', 'registry.local:5000': 'http://registry.local:5000/' },
    tag: 'pull',
    application: 'containerd',
    filtered_query_params: 'Signature',
    piece_length: 8 * 1024 * 1024,
    proxy_port: 65_001,
  })
  assert.deepEqual(settings.schedulers, ['scheduler-0:8002', '[::1]:8002'])
  assert.equal(settings.taskId, 'url')
  assert.equal(settings.registryUrls.get('docker.io'), 'https://docker.io')
  assert.equal(settings.registryUrls.get('registry.local:5000'), 'http://registry.local:5000')
  const pulls = { tag: 'pull', application: 'containerd', filteredQueryParams: ['Signature'], pieceLength: 8_388_608 }
  assert.deepEqual(settings.pulls, pulls)
  assert.equal(settings.proxyPort, 65_001)
})

const refused: readonly (readonly [object, RegExp])[] = [
  [{ schedulers: ['scheduler'] }, /schedulers.*host:port/],
  [{ task_id: 'digest' }, /task_id.*auto, blob-digest, url/],
  [{ registry_urls: { 'docker.io': 'https://index.docker.io/v2' } }, /registry_urls.docker.io/],
  [{ registry_urls: { 'docker.io': 'ftp://index.docker.io' } }, /registry_urls.docker.io/],
  [{ piece_length: 4 * 1024 * 1024 + 1 }, /piece_length.*multiple of 1 MiB/],
  [{ piece_length: 1024 * 1024 }, /piece_length/],
  [{ proxy_port: 0 }, /proxy_port/],
  [{ scheduler: 'x:1' }, /scheduler is not a setting/],
]
for (const [given, message] of refused) {
  test(`${JSON.stringify(given)} is refused by name`, () => {
    assert.throws(
      () => parseSettings({ ...given }),
      (error) => error instanceof RangeError && message.test(error.message),
    )
  })
}
