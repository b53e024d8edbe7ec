import assert from 'node:assert/strict'
import { test } from 'node:test'
import { enter } from '../../../src/contracts/http/path.ts'

const prefixes = [
  { path: '/group-a', clusterIds: [] },
  { path: '/edge', clusterIds: [2, 3] },
  { path: '/edge/far', clusterIds: [4] },
]

interface Row {
  readonly name: string
  readonly url: string
  readonly to: string
  readonly token?: string
  readonly clusterIds?: readonly number[]
}

const rows: readonly Row[] = [
  { name: 'a plain path stays', url: '/api/check', to: '/api/check' },
  { name: 'doubled slashes are one', url: '//api//preheat', to: '/api/preheat' },
  { name: 'a prefix goes', url: '/group-a/api/check?x=//1', to: '/api/check?x=//1' },
  { name: 'a prefix is a whole segment', url: '/group-ab/api/check', to: '/group-ab/api/check' },
  { name: 'a prefix alone is the root', url: '/group-a', to: '/' },
  { name: 'a token goes, and is kept', url: '/t/wf_abc/preheats', to: '/preheats', token: 'wf_abc' },
  { name: 'prefix and token in any order', url: '/t/wf_abc/group-a/healthy', to: '/healthy', token: 'wf_abc' },
  { name: 'a prefix brings its clusters', url: '/edge/preheats', to: '/preheats', clusterIds: [2, 3] },
  { name: 'the longest prefix counts', url: '/edge/far/preheats', to: '/preheats', clusterIds: [4] },
  { name: 'of two prefixes the outer one counts', url: '/edge/group-a/edge/far/x', to: '/x', clusterIds: [2, 3] },
  { name: 'only the first token counts', url: '/t/one/t/two/x', to: '/t/two/x', token: 'one' },
]
for (const { name, url, to, token, clusterIds = [] } of rows) {
  test(`door: ${name}`, () => assert.deepEqual(enter(url, prefixes), { url: to, token, clusterIds }))
}
