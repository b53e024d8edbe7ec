// Which platforms of an index are taken, and what is said when one is missing.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDigest } from '../../../src/model/digest.ts'
import { Failure } from '../../../src/model/failure.ts'
import { parsePlatform, printPlatform } from '../../../src/model/platform.ts'
import { choose } from '../../../src/registry/choice.ts'

const where = { who: 'The registry h.io', what: 'a/b:1' }
const digest = parseDigest(`sha256:${'a'.repeat(64)}`)

const entriesOf = (platforms: readonly string[]) =>
  platforms.map((text) => {
    assert.ok(digest)
    const [platform, companion] = text.split(' ')
    const parsed = parsePlatform(platform ?? '') ?? null
    return {
      kind: 'image',
      digest,
      size: 1,
      mediaType: 'm',
      platform: parsed,
      isCompanion: companion !== undefined,
    } as const
  })

const usual = ['linux/amd64', 'linux/arm64']
const multi = ['linux/amd64', 'linux/arm/v6', 'linux/arm64/v8', 'windows/amd64', 'unknown/unknown attestation']
const chosen: readonly (readonly [readonly string[], boolean, readonly string[], readonly string[], number])[] = [
  [usual, false, multi, ['linux/amd64', 'linux/arm64'], 0],
  [usual, false, ['linux/s390x', 'linux/arm64'], ['linux/arm64'], 0],
  [usual, false, ['linux/s390x', 'windows/amd64', 'unknown/unknown a'], ['linux/s390x', 'windows/amd64'], 1],
  [['all'], true, multi, ['linux/amd64', 'linux/arm/v6', 'linux/arm64', 'windows/amd64'], 0],
  [['linux/arm/v7'], true, multi, ['linux/arm/v6'], 0],
  [['linux/arm/v7', 'linux/arm/v6'], true, multi, ['linux/arm/v6'], 0],
  [usual, false, ['none', 'none'], ['none', 'none'], 1],
]
for (const [asked, explicit, offered, expected, warnings] of chosen) {
  test(`${explicit ? 'asked' : 'wished'} ${asked.join(', ')} of ${offered.join(', ')}`, () => {
    const choice = choose(entriesOf(offered), { platforms: asked, explicit }, where)
    const names = choice.chosen.map(({ platform }) => (platform === null ? 'none' : printPlatform(platform)))
    assert.deepEqual(names, expected)
    assert.equal(choice.warnings.length, warnings)
  })
}

test('a platform asked for that is missing is a failure that names those that are there', () => {
  assert.throws(
    () => choose(entriesOf(multi), { platforms: ['linux/amd64', 'linux/s390x'], explicit: true }, where),
    (error) =>
      error instanceof Failure &&
      error.code === 'registry.no-platform' &&
      error.message === 'a/b:1 has no linux/s390x; it has linux/amd64, linux/arm/v6, linux/arm64, windows/amd64.',
  )
})

test('an index of attestations only has no image', () => {
  assert.throws(
    () => choose(entriesOf(['unknown/unknown a']), { platforms: ['all'], explicit: false }, where),
    (error) => error instanceof Failure && error.code === 'registry.no-platform',
  )
})

test('what is no platform is the fault of who asked', () => {
  assert.throws(
    () => choose(entriesOf(multi), { platforms: ['amd64'], explicit: true }, where),
    (error) => error instanceof Failure && error.code === 'request.invalid',
  )
})

test('the list of platforms in a sentence has an end', () => {
  const many = Array.from({ length: 30 }, (_, number) => `linux/cpu${number}`)
  const { warnings } = choose(entriesOf(many), { platforms: usual, explicit: false }, where)
  assert.match(warnings[0] ?? '', /linux\/cpu19 and 10 more/)
})
