// Sharing out keys to things that come and go.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rendezvous } from '../../../src/engine/rendezvous.ts'
import { digestOf, many } from './samples.ts'

const names = many(10, (n) => `dragonfly-1@10.0.0.${n}:4000`)
const keys = many(2000, digestOf)
const self = (name: string): string => name

test('rendezvous: keys are shared out about evenly', () => {
  const sites = new Rendezvous(names, self)
  const counts = Map.groupBy(keys, (key) => sites.best(key))
  for (const name of names) {
    const count = counts.get(name)?.length ?? 0
    assert.ok(count > 140 && count < 260, `${name} has ${count} of 2000`)
  }
})

test('rendezvous: losing one moves its own keys and no others, and not all to the same', () => {
  const before = new Rendezvous(names, self)
  const [lost, ...rest] = names
  const after = new Rendezvous(rest, self)
  const heirs = new Set<string | undefined>()
  for (const key of keys) {
    if (before.best(key) === lost) heirs.add(after.best(key))
    else assert.equal(after.best(key), before.best(key))
  }
  assert.equal(heirs.size, 9)
})

test('rendezvous: the best is the first of those that are ranked, and each is there once', () => {
  const sites = new Rendezvous(names, self)
  for (const key of keys.slice(0, 50)) {
    const ranked = sites.ranked(key)
    assert.equal(ranked[0], sites.best(key))
    assert.deepEqual(ranked.toSorted(), names)
  }
})

test('rendezvous: of none there is no best', () => {
  assert.equal(new Rendezvous<string>([], self).best('key'), undefined)
})
