import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listed, nameOfBlob, nameOfPeer } from '../../../src/engine/names.ts'
import { blobOf, peerOf } from './samples.ts'

test('names: a list reads as a person would say it, and long ones are cut', () => {
  assert.equal(listed(['a']), 'a')
  assert.equal(listed(['a', 'b']), 'a and b')
  assert.equal(listed(['a', 'b', 'c']), 'a, b and c')
  assert.equal(listed(['a', 'b', 'c', 'd'], 2), 'a, b and 2 more')
})

test('names: a peer is told by its hostname, and by its ip where that is another', () => {
  assert.equal(nameOfPeer(peerOf(7)), 'node-7 (10.0.0.7)')
  assert.equal(nameOfPeer(peerOf(7, { hostname: '10.0.0.7' })), '10.0.0.7')
  assert.equal(nameOfPeer(peerOf(7, { ip: '' })), 'node-7')
})

test('names: a blob is told by the begin of its digest, and a file by its address', () => {
  assert.equal(nameOfBlob(blobOf(1)), 'sha256:000000000000')
  assert.equal(nameOfBlob(blobOf(1, { digest: null, url: 'https://files.example/a' })), 'https://files.example/a')
})
