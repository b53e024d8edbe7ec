// What the vectors do not say of Go's decoding, and harbor.md or Go's own documentation does.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode } from './decode.ts'
import { marshal, parseJson } from './go-json.ts'
import { durationBetween, formatTime, parseTime, zeroTime } from './go-time.ts'
import { rulesOf } from './versions.ts'

const asked = { endpoint: 'http://w', taskId: '7' }
const progress = (version: string, body: string) => decode(version, 'progress', { status: 200, body }, asked)

const syntax: readonly (readonly [body: string, error: string])[] = [
  ['\uFEFF{}', "invalid character 'ï' looking for beginning of value"],
  ['{} {}', "invalid character '{' after top-level value"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['[1 2]', "invalid character '2' after array element"],
  ['[1,]', "invalid character ']' looking for beginning of value"],
  ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
  ['"a\nb"', "invalid character '\\n' in string literal"],
  ['"\\x"', "invalid character 'x' in string escape code"],
  ['"\\u00g0"', "invalid character 'g' in \\u hexadecimal character escape"],
  ['-', "invalid character ' ' in numeric literal"],
  ['1.', "invalid character ' ' after decimal point in numeric literal"],
  ['1e', "invalid character ' ' in exponent of numeric literal"],
  ['01', "invalid character '1' after top-level value"],
  ['nul', "invalid character ' ' in literal null (expecting 'l')"],
  ['truth', "invalid character 't' in literal true (expecting 'e')"],
  ['{"a":"b', 'unexpected end of JSON input'],
  [' ', 'unexpected end of JSON input'],
]

for (const [body, message] of syntax) {
  test(`harbor: Go says of ${JSON.stringify(body)}: ${message}`, () => {
    assert.throws(() => parseJson(body), { message })
  })
}

test('harbor: what is JSON for JSON.parse is JSON for Go, and means the same', () => {
  const values = [{ a: [1.5e-3, -0, 'é\u0000"\\/\u2028😀', null, true, false, {}, []] }, '', 7, '\ud800']
  for (const value of values) {
    const text = JSON.stringify(value)
    assert.deepEqual(plain(parseJson(text)), JSON.parse(text.replace('\\ud800', '\ufffd')))
  }
})

function plain(json: ReturnType<typeof parseJson>): unknown {
  if (json.kind === 'object') return Object.fromEntries(json.entries.map(([key, value]) => [key, plain(value)]))
  if (json.kind === 'array') return json.items.map(plain)
  if (json.kind === 'string') return json.text
  if (json.kind === 'number') return Number(json.literal)
  return json.kind === 'null' ? null : json.value
}

test('harbor: a key in any case counts, and the last of several wins', () => {
  assert.equal(progress('v2.15.2', '{"state":"PENDING","State":"SUCCESS"}').harborStatus, 'SUCCESS')
  assert.equal(progress('v2.15.2', '{"STATE":"SUCCESS","state":"PENDING"}').harborStatus, 'RUNNING')
  assert.equal(progress('v2.15.2', '{"\u017ftate":"SUCCESS"}').harborStatus, 'SUCCESS')
  assert.equal(progress('v2.15.2', '{"state":"SUCCESS","state":null}').harborStatus, 'SUCCESS')
})

test('harbor: an object that comes twice is one', () => {
  const body = '{"state":"FAILURE","result":{"job_states":[{"error":"a"}]},"Result":{"other":1}}'
  assert.equal(progress('v2.15.2', body).error, '{"errors":[{"code":"UNKNOWN","message":"a"}]}')
})

test('harbor: of several wrong types the first is told, unless a time is wrong', () => {
  assert.match(progress('v2.15.2', '{"state":5,"id":"7"}').error, /field dragonflyJobResponse\.state of type string$/)
  assert.match(progress('v2.15.2', '{"state":5,"created_at":"x"}').error, /^parsing time "x"/)
})

test('harbor: a negative id is an id', () => {
  assert.equal(decode('v2.12.0', 'create', { status: 200, body: '{"id":-3}' }, asked).taskId, '-3')
})

test('harbor: the phrase of an old Dragonfly sends 2.8 to 2.11 to another task, and nobody else', () => {
  const errorMsg = '{"Code":208,"Msg":"preheat task already exists, id:other"}'
  const body = JSON.stringify({ ID: '7', status: 'FAILED', errorMsg })
  const { outcome, taskId } = progress('v2.9.3', body)
  assert.deepEqual({ outcome, taskId }, { outcome: 'follow', taskId: 'other' })
  assert.equal(progress('v2.7.0', body).harborStatus, 'FAILED')
  const empty = JSON.stringify({ status: 'FAILED', errorMsg: '{"Msg":"preheat task already exists, id:"}' })
  assert.match(progress('v2.11.0', empty).error, /^can't find existed task id/)
})

const times: readonly (readonly [text: string, read: string])[] = [
  ['2024-01-02T03:04:05.999999999Z', '2024-01-02T03:04:05Z'],
  ['2024-02-29T23:59:59,5-05:30', '2024-02-29T23:59:59-05:30'],
  ['0000-01-01T0:00:00+00:00', '0000-01-01T00:00:00Z'],
]
for (const [text, read] of times) {
  test(`harbor: Go reads the time ${text}`, () => assert.equal(formatTime(parseTime(text)), read))
}

const noTimes: readonly (readonly [text: string, error: string])[] = [
  ['2024-13-02T03:04:05Z', ': month out of range'],
  ['2023-02-29T03:04:05Z', ': day out of range'],
  ['2024-01-00T03:04:05Z', ': day out of range'],
  ['2024-01-02T24:04:05Z', ': hour out of range'],
  ['2024-01-02T03:04:60Z', ': second out of range'],
  ['2024-01-02T03:04:05+25:00', ': time zone offset hour out of range'],
  ['2024-01-02T03:04:05Zx', ': extra text: "x"'],
  ['2024-01-02T03:04:05.Z', ' as "2006-01-02T15:04:05Z07:00": cannot parse ".Z" as "Z07:00"'],
  ['é', ' as "2006-01-02T15:04:05Z07:00": cannot parse "\\xc3\\xa9" as "2006"'],
]
for (const [text, error] of noTimes) {
  test(`harbor: Go refuses the time ${text}`, () => {
    const shown = text === 'é' ? '\\xc3\\xa9' : text
    assert.throws(() => parseTime(text), { message: `parsing time "${shown}"${error}` })
  })
}

test('harbor: durations read as Go prints them', () => {
  const start = parseTime('2024-01-02T03:04:05Z')
  const after = (text: string): string => durationBetween(start, parseTime(`2024-01-02T${text}Z`))
  assert.deepEqual(['03:04:05', '03:04:05.5', '03:04:06.0500', '04:04:05', '03:04:15', '03:03:05'].map(after), [
    '0s',
    '500ms',
    '1.05s',
    '1h0m0s',
    '10s',
    '-1m0s',
  ])
  assert.equal(after('03:04:05.000001500'), '1.5µs')
  assert.equal(durationBetween(zeroTime, start), '2562047h47m16.854775807s')
})

test('harbor: what Go marshals is safe inside HTML', () => {
  assert.equal(marshal({ a: '<&>\u2028' }), '{"a":"\\u003c\\u0026\\u003e\\u2028"}')
})

test('harbor: each version has the rules of its range, and those before 2.1 have none', () => {
  assert.equal(rulesOf('v2.4.1').quote, "'")
  assert.equal(rulesOf('v2.4.2').quote, '"')
  assert.equal(rulesOf('v2.10.9-rc1').generation, 'legacy')
  assert.equal(rulesOf('2.16.0').policy, 'extra attributes')
  assert.throws(() => rulesOf('v2.0.6'), /cannot preheat/)
  assert.throws(() => rulesOf('latest'), /no version/)
})
