// A text that lives in a file: read again when it changes, and kept when it is gone or bad.

import assert from 'node:assert/strict'
import { mkdtemp, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { current, watchedText } from '../../../src/kit/live.ts'

async function bench(t: TestContext) {
  const directory = await mkdtemp(join(tmpdir(), 'warmfront-live-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  const path = join(directory, 'secret')
  await writeFile(path, 'good 1')
  const troubles: string[] = []
  const clock = { nowMs: 0 }
  const options = {
    accepts: (text: string) => text.startsWith('good'),
    onTrouble: (sentence: string) => void troubles.push(sentence),
    now: () => clock.nowMs,
  }
  return { directory, path, troubles, clock, options }
}

test('a live value is itself, or what its function gives', () => {
  assert.equal(current('a'), 'a')
  assert.equal(
    current(() => 'b'),
    'b',
  )
})

test('a change is seen within a second, and not before', async (t) => {
  const { path, troubles, clock, options } = await bench(t)
  const text = watchedText(path, options)
  assert.equal(text(), 'good 1')
  await writeFile(path, 'good 22')
  clock.nowMs = 999
  assert.equal(text(), 'good 1')
  clock.nowMs = 1000
  assert.equal(text(), 'good 22')
  clock.nowMs = 2000
  assert.equal(text(), 'good 22')
  assert.deepEqual(troubles, [])
  const { now: _, ...others } = options
  assert.equal(watchedText(path, others)(), 'good 22')
})

test('a file that is replaced by one of the same size and time is read again', async (t) => {
  const { directory, path, clock, options } = await bench(t)
  await symlink(path, join(directory, 'link'))
  const text = watchedText(join(directory, 'link'), options)
  await writeFile(join(directory, 'next'), 'good 2')
  await rename(join(directory, 'next'), path)
  clock.nowMs = 1000
  assert.equal(text(), 'good 2')
})

test('a file that is gone or bad leaves the last good text, and is told once', async (t) => {
  const { path, troubles, clock, options } = await bench(t)
  const text = watchedText(path, options)
  const look = () => {
    clock.nowMs += 1000
    return text()
  }
  await writeFile(path, 'bad, and secret')
  assert.deepEqual([look(), look()], ['good 1', 'good 1'])
  assert.equal(troubles.length, 1)
  await writeFile(path, 'bad, and still secret')
  assert.deepEqual([look(), look()], ['good 1', 'good 1'])
  assert.equal(troubles.length, 2)
  await rm(path)
  assert.deepEqual([look(), look()], ['good 1', 'good 1'])
  assert.equal(troubles.length, 3)
  await writeFile(path, 'good 2')
  assert.equal(look(), 'good 2')
  await rm(path)
  assert.equal(look(), 'good 2')
  assert.equal(troubles.length, 4)
  assert.ok(troubles.every((sentence) => sentence.includes(path) && !/bad/.test(sentence)))
})

test('what cannot be read at first, or is not accepted, throws', async (t) => {
  const { directory, path, options } = await bench(t)
  assert.throws(() => watchedText(join(directory, 'none'), options), { code: 'ENOENT' })
  assert.throws(() => watchedText(directory, options), /is not a file/)
  assert.throws(() => watchedText(path, { ...options, accepts: () => false }), /does not hold what is expected/)
  await truncate(path, 1024 * 1024 + 1)
  assert.throws(() => watchedText(path, options), /is not a file of at most/)
})
