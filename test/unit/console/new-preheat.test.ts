// The form of a new preheat: what is sent, what is copied, and what is wrong where.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { usualFilteredQueryParams } from '../../../src/contracts/open-api/wire.ts'
import { curlOf } from '../../../src/console/curl.ts'
import { faultsOf, fieldOf, optionsSet, placed } from '../../../src/console/pages/new-preheat/faults.ts'
import { chipsOf, emptyForm, pasteInto, taken, type PreheatForm } from '../../../src/console/pages/new-preheat/form.ts'
import { fromJob, type Original } from '../../../src/console/pages/new-preheat/from-job.ts'
import { toCreateJob, withoutSecrets } from '../../../src/console/pages/new-preheat/to-job.ts'
import { usualFilter } from '../../../src/console/pages/new-preheat/usual-filter.ts'

const url = 'registry.example.com/team/app:1.0'
const scope = 'single_seed_peer'
const formOf = (set: Partial<PreheatForm>): PreheatForm => ({ ...emptyForm, url, ...set })

const everything: PreheatForm = {
  type: 'image',
  bio: 'for the release',
  clusters: chipsOf(['1', '3']),
  url,
  urls: emptyForm.urls,
  platform: chipsOf(['linux/amd64', 'linux/arm64']),
  scope: 'all_peers',
  choice: 'percentage',
  count: '',
  percentage: '50',
  ips: chipsOf([]),
  username: 'reader',
  password: '',
  pieceLength: '16',
  successPercentage: '90',
  blobsAtOnce: '4',
  peersAtOnce: '20',
  timeout: '90',
  timeoutUnit: 's',
  tag: 'blue',
  application: 'shop',
  filter: chipsOf(['ns', 'X-Amz-Date']),
  headers: [{ key: 0, name: 'X-Trace', value: 'on' }],
}

const everythingSent = {
  type: 'image',
  url,
  platform: 'linux/amd64,linux/arm64',
  scope: 'all_peers',
  percentage: 50,
  username: 'reader',
  piece_length: 16_777_216,
  success_percentage: 90,
  concurrent_task_count: 4,
  concurrent_peer_count: 20,
  timeout: 90_000_000_000,
  tag: 'blue',
  application: 'shop',
  filtered_query_params: 'ns&X-Amz-Date',
  headers: { 'X-Trace': 'on' },
}

const sent: readonly { readonly name: string; readonly form: PreheatForm; readonly args: object }[] = [
  { name: 'an address and nothing else', form: formOf({}), args: { type: 'image', url, scope } },
  { name: 'everything', form: everything, args: everythingSent },
  {
    name: 'spaces around an address are no part of it',
    form: formOf({ url: ` ${url}\t` }),
    args: { type: 'image', url, scope },
  },
  {
    name: 'spaces alone are nothing, and are a password',
    form: formOf({ tag: '  ', bio: ' ', username: ' ', pieceLength: ' ', password: ' ' }),
    args: { type: 'image', url, scope, password: ' ' },
  },
  {
    name: 'files have no platform, and rows that are empty are no files',
    form: formOf({
      type: 'file',
      platform: chipsOf(['all']),
      urls: [
        { key: 4, text: '' },
        { key: 2, text: 'https://files.example.com/a ' },
        { key: 9, text: 'https://files.example.com/b' },
      ],
    }),
    args: { type: 'file', urls: ['https://files.example.com/a', 'https://files.example.com/b'], scope },
  },
  {
    name: 'what was typed for another choice of peers stays behind',
    form: formOf({ choice: 'count', count: '3', percentage: '50', ips: chipsOf(['192.0.2.1']) }),
    args: { type: 'image', url, scope, count: 3 },
  },
  {
    name: 'what was typed and not confirmed counts',
    form: formOf({ choice: 'ips', ips: { chosen: ['192.0.2.1'], typed: ' 192.0.2.2, 192.0.2.1' } }),
    args: { type: 'image', url, scope, ips: ['192.0.2.1', '192.0.2.2'] },
  },
  {
    name: 'rows of headers that are empty are none',
    form: formOf({
      headers: [
        { key: 0, name: ' ', value: '' },
        { key: 1, name: 'Accept ', value: 'a/b' },
      ],
    }),
    args: { type: 'image', url, scope, headers: { Accept: 'a/b' } },
  },
  {
    name: 'half a MiB more',
    form: formOf({ pieceLength: '4.5' }),
    args: { type: 'image', url, scope, piece_length: 4_718_592 },
  },
  {
    name: 'hours',
    form: formOf({ timeout: '1.5', timeoutUnit: 'h' }),
    args: { type: 'image', url, scope, timeout: 5_400_000_000_000 },
  },
]

for (const { name, form, args } of sent) {
  test(`only what is set is sent: ${name}`, () => assert.deepEqual(toCreateJob(form).args, args))
}

test('the note and the clusters stand beside the args, and only where there are any', () => {
  assert.deepEqual(toCreateJob(formOf({})), { type: 'preheat', args: { type: 'image', url, scope } })
  const { bio, scheduler_cluster_ids } = toCreateJob(everything)
  assert.deepEqual({ bio, scheduler_cluster_ids }, { bio: 'for the release', scheduler_cluster_ids: [1, 3] })
})

const hour = 3_600_000_000_000
const shown: Original['args'] = {
  type: 'image',
  url,
  urls: null,
  platform: '',
  scope,
  ips: null,
  count: null,
  percentage: null,
  username: '',
  password: '',
  piece_length: null,
  success_percentage: 100,
  concurrent_task_count: 8,
  concurrent_peer_count: 500,
  timeout: hour,
  tag: '',
  application: '',
  filtered_query_params: usualFilter,
  headers: null,
}
const jobOf = (args: Partial<Original['args']>): Original => ({
  bio: '',
  args: { ...shown, ...args },
  scheduler_clusters: [],
})

const copies: readonly { readonly name: string; readonly job: Original; readonly form: Partial<PreheatForm> }[] = [
  { name: 'what the service filled in stays open', job: jobOf({}), form: {} },
  {
    name: 'the address wins over names of its own',
    job: jobOf({ url: 'https://h/v2/a/manifests/b' }),
    form: { url: 'https://h/v2/a/manifests/b' },
  },
  { name: 'hours where it is whole ones', job: jobOf({ timeout: 2 * hour }), form: { timeout: '2', timeoutUnit: 'h' } },
  { name: 'minutes', job: jobOf({ timeout: 90 * 60e9 }), form: { timeout: '90', timeoutUnit: 'min' } },
  { name: 'parts of seconds', job: jobOf({ timeout: 1_500_000_000 }), form: { timeout: '1.5', timeoutUnit: 's' } },
  {
    name: 'bytes that are no whole MiB',
    job: jobOf({ piece_length: 5_000_000 }),
    form: { pieceLength: '4.76837158203125' },
  },
  {
    name: 'ips win',
    job: jobOf({ ips: ['192.0.2.1'], count: 3 }),
    form: { choice: 'ips', ips: chipsOf(['192.0.2.1']) },
  },
  {
    name: 'a count wins over a percentage',
    job: jobOf({ count: 3, percentage: 5 }),
    form: { choice: 'count', count: '3' },
  },
  {
    name: 'an empty list of ips is none',
    job: jobOf({ ips: [], percentage: 5 }),
    form: { choice: 'percentage', percentage: '5' },
  },
  { name: 'a scope that nobody knows is the usual one', job: jobOf({ scope: 'bogus' }), form: {} },
  {
    name: 'files',
    job: jobOf({ type: 'file', url: '', urls: ['https://a/1', 'https://a/2'] }),
    form: {
      type: 'file',
      url: '',
      urls: [
        { key: 0, text: 'https://a/1' },
        { key: 1, text: 'https://a/2' },
      ],
    },
  },
]

for (const { name, job, form } of copies) {
  test(`a copy is the form that made it: ${name}`, () => {
    const { form: copied, again } = fromJob(job, hour)
    assert.deepEqual(copied, formOf(form))
    assert.deepEqual(again, [])
  })
}

test('a copy of everything sends the same again, but for what has to be typed again', () => {
  const original = { bio: 'for the release', args: { ...shown, ...everythingSent } as Original['args'] }
  const { form, again } = fromJob({ ...original, scheduler_clusters: [{ id: 1 }, { id: 3 }] }, hour)
  assert.deepEqual(form, everything)
  assert.deepEqual(toCreateJob(form), toCreateJob(everything))
  assert.deepEqual(again, ['the password'])
})

test('hidden values are not copied, and are named', () => {
  const headers = { Authorization: '***', Accept: 'a/b', 'X-Note': 'Bearer ***' }
  const urls = ['https://a/1?sig=***', 'https://a/2']
  const { form, again } = fromJob(jobOf({ type: 'file', url: '', urls, headers }), hour)
  assert.deepEqual(
    form.headers.map(({ name, value }) => [name, value]),
    [
      ['Authorization', ''],
      ['Accept', 'a/b'],
      ['X-Note', ''],
    ],
  )
  assert.deepEqual(again, ['the header Authorization', 'the header X-Note', 'the addresses that were signed'])
  assert.deepEqual([...faultsOf(form).keys()], ['url.0', 'header.0', 'header.2'])
})

test('the usual filter is the service’s own', () => assert.equal(usualFilter, usualFilteredQueryParams.join('&')))

const wrong: readonly { readonly name: string; readonly form: PreheatForm; readonly fields: readonly string[] }[] = [
  { name: 'nothing', form: everything, fields: [] },
  { name: 'no image', form: formOf({ url: ' ' }), fields: ['url'] },
  { name: 'no file', form: formOf({ type: 'file', url: '' }), fields: ['url.0'] },
  { name: 'no file and no row', form: formOf({ type: 'file', urls: [] }), fields: ['urls'] },
  { name: 'a hidden part', form: formOf({ url: 'https://h/a?token=***' }), fields: ['url'] },
  { name: 'no number', form: formOf({ pieceLength: 'a', peersAtOnce: '1e9' }), fields: ['pieceLength', 'peersAtOnce'] },
  {
    name: 'beyond the bounds',
    form: formOf({ pieceLength: '3.9', successPercentage: '0', blobsAtOnce: '101' }),
    fields: ['pieceLength', 'successPercentage', 'blobsAtOnce'],
  },
  { name: 'parts of what has none', form: formOf({ blobsAtOnce: '1.5' }), fields: ['blobsAtOnce'] },
  { name: 'a time too short', form: formOf({ timeout: '0.5', timeoutUnit: 's' }), fields: ['timeout'] },
  { name: 'a time that is none', form: formOf({ timeout: 'soon' }), fields: ['timeout'] },
  { name: 'no count', form: formOf({ choice: 'count' }), fields: ['count'] },
  { name: 'no percentage', form: formOf({ choice: 'percentage', count: 'x' }), fields: ['percentage'] },
  { name: 'no ips', form: formOf({ choice: 'ips' }), fields: ['ips'] },
  {
    name: 'a cluster that is no number',
    form: formOf({ clusters: { chosen: ['1'], typed: 'edge' } }),
    fields: ['clusters'],
  },
  {
    name: 'headers with half of what they need, or twice',
    form: formOf({
      headers: [
        { key: 7, name: '', value: 'x' },
        { key: 8, name: 'A', value: '' },
        { key: 9, name: 'a', value: 'x' },
      ],
    }),
    fields: ['header.7', 'header.8', 'header.9'],
  },
]

for (const { name, form, fields } of wrong) {
  test(`what is wrong is found before it is sent: ${name}`, () => assert.deepEqual([...faultsOf(form).keys()], fields))
}

const files = formOf({
  type: 'file',
  urls: [
    { key: 5, text: '' },
    { key: 3, text: 'ftp://a' },
    { key: 8, text: 'https://a' },
  ],
  headers: [
    { key: 2, name: '', value: '' },
    { key: 6, name: 'X-A.b', value: 'x' },
  ],
})

const paths: readonly (readonly [path: string, form: PreheatForm, field: string | undefined])[] = [
  ['args.url', formOf({}), 'url'],
  ['args.url', files, 'urls'],
  ['args.urls', files, 'urls'],
  ['args.urls.0', files, 'url.3'],
  ['args.urls.1', files, 'url.8'],
  ['args.urls.2', files, 'urls'],
  ['args.headers.X-A.b', files, 'header.6'],
  ['args.headers.Other', files, 'headers'],
  ['args.headers', files, 'headers'],
  ['args.ips.3', files, 'ips'],
  ['scheduler_cluster_ids.0', files, 'clusters'],
  ['scheduler_cluster_ids', files, 'clusters'],
  ['bio', files, 'bio'],
  ['args.piece_length', files, 'pieceLength'],
  ['args.concurrent_task_count', files, 'blobsAtOnce'],
  ['args.object_storage', files, undefined],
  ['args', files, undefined],
  ['constructor', files, undefined],
]

for (const [path, form, field] of paths) {
  test(`${path} of ${form.type} is at ${field ?? 'no field'}`, () => assert.equal(fieldOf(form, path), field))
}

test('messages without a field are kept', () => {
  const { faults, elsewhere } = placed(
    files,
    new Map([
      ['args.urls.0', 'is no address.'],
      ['args.hdfs', 'is not supported.'],
    ]),
  )
  assert.deepEqual([...faults], [['url.3', 'is no address.']])
  assert.deepEqual(elsewhere, ['is not supported.'])
})

test('lines that are pasted become a row each, after the row that they were pasted into', () => {
  const rows = [
    { key: 0, text: 'a' },
    { key: 4, text: 'b' },
  ]
  assert.deepEqual(pasteInto(rows, 0, ' one \r\n\ntwo\n'), [
    { key: 0, text: 'one' },
    { key: 5, text: 'two' },
    { key: 4, text: 'b' },
  ])
})

test('chips count once each, typed ones too', () => {
  assert.deepEqual(taken({ chosen: ['a', 'b'], typed: 'b & c,d ' }), ['a', 'b', 'c', 'd'])
})

test('options are counted', () => {
  assert.equal(optionsSet(emptyForm), 0)
  assert.equal(optionsSet(everything), 9)
})

test('a command shows no secret, and no text of a form ends its quotes', () => {
  const form = formOf({
    bio: "it's $HOME",
    password: 'hunter2',
    headers: [
      { key: 0, name: 'authorization', value: 'Bearer abc' },
      { key: 1, name: 'Accept', value: 'a/b' },
    ],
  })
  const text = curlOf(withoutSecrets(toCreateJob(form)), 'https://warmfront.example.com')
  assert.doesNotMatch(text, /hunter2|Bearer abc/)
  assert.match(text, /'https:\/\/warmfront\.example\.com\/oapi\/v1\/jobs'/)
  assert.match(text, /"bio": "it'\\''s \$HOME"/)
  assert.match(text, /"authorization": "\*\*\*",\s+"Accept": "a\/b"/)
  assert.equal(withoutSecrets(toCreateJob(formOf({}))).args?.password, undefined)
})
