// The README's requests, word for word, give the answers that the README shows.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { runProgram } from '../../support/program.ts'
import { requires } from '../../support/requires.ts'
import { adminToken, startService } from '../../support/service.ts'

interface Exchange {
  readonly command: string
  readonly answer: string
}

/** `$ command` and what follows it until the next one, in blocks that say `console`. */
function exchangesIn(markdown: string): readonly Exchange[] {
  const blocks = [...markdown.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .filter((part) => part !== '')
      .map((part) => {
        const end = part.indexOf('\n')
        return { command: part.slice(0, end), answer: part.slice(end + 1).trim() }
      }),
  )
}

/** What differs from run to run takes the same form in both. */
function comparable(answer: string): unknown {
  const steady = answer
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g, '<time>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
  return JSON.parse(steady) as unknown
}

test(
  "the README's requests, word for word, give the answers that it shows",
  { skip: requires('curl', 'curl') },
  async (t) => {
    const exchanges = exchangesIn(await readFile(new URL('../../../README.md', import.meta.url), 'utf8'))
    assert.ok(exchanges.length >= 7)
    const service = await startService({ WARMFRONT_EGRESS_ALLOW: '' })
    t.after(() => service.stop())
    for (const { command, answer } of exchanges) {
      const here = `TOKEN=${adminToken}; ${command.replaceAll('http://127.0.0.1:8080', service.url)}`
      const { output } = await runProgram('bash', ['-c', here], tmpdir())
      assert.deepEqual(comparable(output), comparable(answer), command)
    }
  },
)
