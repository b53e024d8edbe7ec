// Room, order and pins, without files.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Stock } from '../../../../src/peers/local/stock.ts'

const later = 1_000_000

function stockOf(limit: number, ...keys: readonly string[]): Stock {
  const stock = new Stock(limit, () => later)
  for (const key of keys) stock.add(key, 10, 0)
  return stock
}

test('a use makes an item the last to go', () => {
  const stock = stockOf(20, 'a', 'b')
  const a = stock.get('a')
  assert.ok(a)
  stock.used('a', a)
  assert.deepEqual(stock.grow({ bytes: 0 }, 10), ['b'])
})

test('claims take room before their items are there, and give it back', () => {
  const stock = stockOf(20, 'a')
  const claim = { bytes: 0 }
  assert.deepEqual(stock.grow(claim, 10), [])
  assert.equal(stock.grow({ bytes: 0 }, 11), undefined)
  assert.equal(stock.taken, 20)
  stock.release(claim)
  stock.release(claim)
  assert.equal(stock.taken, 10)
})

test('a claim that grows pays only for what is new', () => {
  const stock = stockOf(20, 'a')
  const claim = { bytes: 0 }
  assert.deepEqual(stock.grow(claim, 5), [])
  assert.deepEqual(stock.grow(claim, 10), [])
  assert.deepEqual(stock.grow(claim, 7), [])
  assert.equal(stock.taken, 20)
  assert.deepEqual(stock.grow(claim, 11), ['a'])
})

test('an item is pinned until the last job that pinned it has settled', () => {
  const stock = stockOf(10, 'a')
  stock.pin(1, 'a')
  stock.pin(2, 'a')
  stock.unpin(1)
  assert.equal(stock.grow({ bytes: 0 }, 10), undefined)
  stock.unpin(2)
  assert.deepEqual(stock.grow({ bytes: 0 }, 10), ['a'])
})

test('what was opened a moment ago stays until its reading can have begun', () => {
  let now = later
  const stock = new Stock(10, () => now)
  stock.add('a', 10, 0, now)
  assert.equal(stock.grow({ bytes: 0 }, 10), undefined)
  now += 60_000
  assert.deepEqual(stock.grow({ bytes: 0 }, 10), ['a'])
})

test('replacing an item counts its bytes once', () => {
  const stock = stockOf(100, 'a')
  stock.add('a', 30, 0)
  assert.equal(stock.taken, 30)
})

test('a lowered limit names what is too much, and no more', () => {
  assert.deepEqual(stockOf(15, 'a', 'b', 'c').surplus(), ['a', 'b'])
})

test('only complete blobs are held; parts of others and claims take room all the same', () => {
  const stock = stockOf(100, 'blobs/sha256/aa/aa', 'blobs/sha512/bb/bb', 'partial/cc')
  stock.grow({ bytes: 0 }, 20)
  assert.deepEqual(stock.held, { blobs: 2, bytes: 20 })
  stock.add('blobs/sha256/aa/aa', 15, 0)
  assert.deepEqual(stock.held, { blobs: 2, bytes: 25 })
  stock.remove('partial/cc')
  stock.remove('blobs/sha512/bb/bb')
  stock.remove('blobs/sha512/bb/bb')
  assert.deepEqual([stock.held, stock.taken], [{ blobs: 1, bytes: 15 }, 35])
  assert.deepEqual(stock.grow({ bytes: 0 }, 80), ['blobs/sha256/aa/aa'])
  assert.deepEqual(stock.held, { blobs: 0, bytes: 0 })
})
