// Platforms: their usual spellings, and which image fits which node.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bestMatch, matchRank, parsePlatform, platformOf, printPlatform } from '../../../src/model/platform.ts'

const spellings: readonly (readonly [string, string | undefined])[] = [
  ['linux/amd64', 'linux/amd64'],
  ['Linux/x86_64', 'linux/amd64'],
  ['linux/x86-64', 'linux/amd64'],
  ['linux/amd64/v1', 'linux/amd64'],
  ['linux/amd64/v3', 'linux/amd64/v3'],
  ['linux/aarch64', 'linux/arm64'],
  ['linux/arm64/v8', 'linux/arm64'],
  ['linux/arm64/8', 'linux/arm64'],
  ['linux/arm', 'linux/arm/v7'],
  ['linux/arm/6', 'linux/arm/v6'],
  ['linux/armhf', 'linux/arm/v7'],
  ['linux/armel', 'linux/arm/v6'],
  ['linux/i386', 'linux/386'],
  ['macos/arm64', 'darwin/arm64'],
  ['linux/riscv64', 'linux/riscv64'],
  ['linux', undefined],
  ['all', undefined],
  ['', undefined],
  ['linux/', undefined],
  ['/amd64', undefined],
  ['linux/amd64/', undefined],
  ['linux/amd64/v1/x', undefined],
  ['linux/am d64', undefined],
]

for (const [text, expected] of spellings) {
  test(`${JSON.stringify(text)} means ${expected ?? 'no platform'}`, () => {
    const platform = parsePlatform(text)
    assert.equal(platform === undefined ? undefined : printPlatform(platform), expected)
  })
}

test('a platform from outside needs an os and an architecture', () => {
  assert.equal(platformOf({ os: '', architecture: 'amd64', variant: '' }), undefined)
  assert.equal(platformOf({ os: 'linux', architecture: 'a\nb', variant: '' }), undefined)
  assert.deepEqual(platformOf({ os: 'linux', architecture: 'arm', variant: '' }), parsePlatform('linux/arm/v7'))
})

/** The wanted platform, what is offered, and what is taken. */
const matches: readonly (readonly [string, readonly string[], string | undefined])[] = [
  ['linux/amd64', ['linux/arm64', 'linux/amd64'], 'linux/amd64'],
  ['linux/amd64', ['linux/amd64/v2'], undefined],
  ['linux/amd64/v3', ['linux/amd64', 'linux/amd64/v2'], 'linux/amd64/v2'],
  ['linux/amd64/v3', ['linux/amd64/v4', 'linux/amd64'], 'linux/amd64'],
  ['linux/arm/v7', ['linux/arm/v5', 'linux/arm/v6'], 'linux/arm/v6'],
  ['linux/arm/v7', ['linux/arm/v8'], undefined],
  ['linux/arm64', ['linux/arm64/v8'], 'linux/arm64'],
  ['linux/arm64', ['linux/arm/v7'], undefined],
  ['windows/amd64', ['linux/amd64'], undefined],
  ['linux/s390x', [], undefined],
]

for (const [wanted, offered, expected] of matches) {
  test(`${wanted} among ${offered.join(', ') || 'nothing'} takes ${expected ?? 'none'}`, () => {
    const platform = parsePlatform(wanted)
    assert.ok(platform)
    const items = offered.map((text) => ({ platform: parsePlatform(text) ?? null }))
    const best = bestMatch(platform, [{ platform: null }, ...items])
    assert.equal(best?.platform ? printPlatform(best.platform) : undefined, expected)
  })
}

test('of two that fit equally well the first is taken', () => {
  const platform = parsePlatform('windows/amd64')
  assert.ok(platform)
  const [first, second] = [{ platform }, { platform }]
  assert.equal(bestMatch(platform, [first, second]), first)
  assert.equal(matchRank(platform, platform), 0)
})
