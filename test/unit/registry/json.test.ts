// JSON from outside.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseObject, repeatsMembers } from '../../../src/registry/json.ts'

const texts: readonly (readonly [string, boolean])[] = [
  ['{}', false],
  ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}', false],
  ['{"a":1,"a":1}', true],
  ['{"a":1,"b":2, "a" :3}', true],
  ['{"b":[1,{"a":1,"c":[],"a":2}]}', true],
  ['[[{"a":{}}],{"a":[{"b":1}]}]', false],
  ['{"a":"a","b":"a,\\"a\\":","c":"\\\\"}', false],
  ['{"\\u0061":1,"a":2}', true],
  ['{"a\\\\":1,"a\\"":2,"a":3}', false],
  ['{"a":{"b":1},"b":{"a":1},"a":{}}', true],
  ['{"a":["x","x"],"b":{"__proto__":1}}', false],
  ['{"__proto__":1,"__proto__":2}', true],
  [`${'['.repeat(90)}${']'.repeat(90)}`, false],
]
for (const [text, expected] of texts) {
  test(`${text.slice(0, 60)} ${expected ? 'names a member twice' : 'names each member once'}`, () => {
    JSON.parse(text)
    assert.equal(repeatsMembers(text), expected)
  })
}

const nested = (depth: number) => `${'{"a":'.repeat(depth)}0${'}'.repeat(depth)}`
test('what nests by more than a hundred is no object, and brackets in texts do not count', () => {
  assert.ok(parseObject(Buffer.from(nested(100))))
  assert.equal(parseObject(Buffer.from(nested(101))), undefined)
  assert.equal(parseObject(Buffer.from('['.repeat(4_000_000))), undefined)
  assert.ok(parseObject(Buffer.from(JSON.stringify({ a: '{['.repeat(200), b: '"[' }))))
  assert.ok(parseObject(Buffer.from(JSON.stringify({ a: Array.from({ length: 300 }, () => [{}]) }))))
})

for (const text of ['', 'null', '7', '[]', '"x"', '{', '{"a":}', '\u0000']) {
  test(`${JSON.stringify(text)} is no object`, () => assert.equal(parseObject(Buffer.from(text)), undefined))
}
