// What is kept of a call that a token was shown for.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { useOf } from '../../../src/contracts/http/token-use.ts'
import type { Contract, Route } from '../../../src/contracts/http/route.ts'

const token = 'a-token-of-the-settings-0123456789'
const minted = `wf_${'x'.repeat(43)}`
const route: Route = { operation: 'ping', method: 'get', path: '/_ping', may: 'anyone', run: () => assert.fail() }
const contract: Contract = { name: 'preheats', routes: [route], refuse: () => assert.fail() }

const rows: readonly { readonly says: string | undefined; readonly client: string }[] = [
  { says: undefined, client: '' },
  { says: '', client: '' },
  { says: ' Go-http-client/1.1 ', client: 'Go-http-client/1.1' },
  { says: 'a\u0000b\r\n\u001b[31mc\u200e\td', client: 'a b [31mc d' },
  { says: token, client: '***' },
  { says: `curl/8.0 (${token}; ${token})`, client: 'curl/8.0 (***; ***)' },
  { says: `curl/8.0 ${minted}`, client: 'curl/8.0 wf_***' },
  { says: `curl/8.0 https://h/t/${minted}/_ping`, client: 'curl/8.0 https://h/t/wf_***/_ping' },
  { says: 'x Bearer abcdefgh', client: 'x Bearer ***' },
  { says: 'x'.repeat(500), client: 'x'.repeat(200) },
  { says: `${token} `.repeat(300), client: '*** '.repeat(50).trim() },
  { says: 'x'.repeat(190) + token, client: `${'x'.repeat(190)}***` },
]
for (const { says, client } of rows) {
  test(`the client that says ${JSON.stringify(says?.slice(0, 60))} is kept as ${client.slice(0, 60)}`, () => {
    assert.deepEqual(useOf(contract, route, says, token), { contract: 'preheats', operation: 'ping', client })
  })
}
