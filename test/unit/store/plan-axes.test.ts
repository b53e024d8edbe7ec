// What a plan's tasks are about, from their names.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AxesMaker, type Names } from '../../../src/store/plan-axes.ts'
import { digest, layer, peerSample } from '../../conformance/job-samples.ts'

const [one, two] = [layer(digest('1')), layer(digest('2'))]
const blobs = new Map([
  ['one', one],
  ['two', two],
])
const peers = [peerSample('z'), peerSample('a', { clusterId: 2 }), peerSample('B'), peerSample('nobody')]

const axesOf = (names: readonly Names[]) => {
  const maker = new AxesMaker()
  for (const some of names) maker.add(some)
  return maker.make(peers, blobs)
}

test('peers stand by cluster and id, blobs as they come, and each task has its place', () => {
  const axes = axesOf([
    { peers: ['a', 'z'], blobs: ['two', 'two'] },
    { peers: ['B'], blobs: ['one'] },
  ])
  assert.deepEqual(axes, {
    peers: [peers[2], peers[0], peers[1]],
    blobs: [two, one],
    places: Uint32Array.of(2, 1, 3),
  })
})

test('a task whose peer or blob is not there makes no axes', () => {
  assert.equal(axesOf([{ peers: ['gone'], blobs: ['one'] }]), undefined)
  assert.equal(axesOf([{ peers: ['a'], blobs: ['gone'] }]), undefined)
})

test('a plan of no tasks has empty axes', () => {
  assert.deepEqual(axesOf([]), { peers: [], blobs: [], places: new Uint32Array() })
})
