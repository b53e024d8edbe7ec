// docs/contracts.md: who speaks what, as the case books have seen it, and how to use it.

import { format } from 'prettier'
import { columns, type Seen } from './columns.ts'

export const writeAnew = "WARMFRONT_WRITE_DOCS=1 npm exec -- node --test 'test/contracts/*.test.ts'"

const about: Readonly<Record<string, readonly string[]>> = {
  supernode: [
    'Spoken by clients of the early Dragonfly supernode, and by a driver that Harbor never released. No released Harbor',
    'speaks it. Such a client is given the address of the service; it sends its token as `Authorization: Bearer`, or, where',
    'it cannot, in the path: `https://host/t/<token>`. What it is told of a job has status 200 and a `code` of its own: a',
    'job that failed reads `FAIL` with the reason in `msg`, and a request that is refused reads `"code":400` with a `msg`.',
  ],
  preheats: [
    'Spoken by Harbor 2.1 to 2.11 (provider Dragonfly) and by clients of Dragonfly 1.x. These Harbors cannot send a',
    'credential, whatever their form offers: enter the endpoint `https://host/t/<token>` and the auth mode NONE. Their users',
    'see a reason only where a poll itself fails, so a job that such a Harbor made answers its progress, once it has failed,',
    "with an error status and one line of JSON: the task's log then ends with `error: 424 Failed Dependency` and the",
    'reason. Other clients read 200, `FAIL` and the reason in `errorMsg`.',
  ],
  'open-api': [
    'Spoken by Harbor 2.12 and later (provider Dragonfly), by REST clients, and by clients that are generated from the',
    'document. Enter the endpoint `https://host` and the auth mode OAuth with the token. Basic works with the token typed',
    'into both fields, since Harbor sends either one at random. A job that failed reads `FAILURE`; the log of',
    'the task in Harbor shows `result.job_states[].error`, which holds the reason and what to do about it. A REST client',
    'finds the same in `error`, and the result of each layer on each peer beside it.',
  ],
  kraken: [
    "Spoken by every Harbor's provider Kraken, and by registries that notify a webhook. Enter the endpoint `https://host`",
    'and the auth mode OAuth with the token (Harbor up to 2.11: `https://host/t/<token>` and NONE). No credential for the',
    'registry comes along: write one under `registries:` in `warmfront.yaml`. Accepting is all that the client hears of:',
    'Harbor shows success at once, and a job that fails afterwards says why through the Open API and in the log.',
  ],
}

export async function renderPage(seen: Seen): Promise<string> {
  const rows = seen.operations.map((operation) => {
    const marks = columns.map((column) => (seen.has(operation, column) ? '✓' : ' '))
    return `| ${operation.contract} | ${operation.id} | \`${operation.method} ${operation.template}\` | ${marks.join(' | ')} |`
  })
  const paragraphs = [...new Set(seen.operations.map(({ contract }) => contract))].flatMap((contract) => [
    `## ${contract}`,
    '',
    ...(about[contract] ?? []),
    '',
  ])
  const text = [
    '# Contracts',
    '',
    '<!-- Written by the tests that it reports on: see the head of test/contracts/contracts.test.ts. -->',
    '',
    'Which client calls which operation. Each ✓ was seen by a test: the client sent the call as its release sends it, and',
    'took the answer for what it meant. All contracts answer on one port, below every path prefix, and with the token in',
    'the path (`/t/<token>/…`) too. The contracts `mirror` and `ops` are not spoken by clients that preheat: container',
    'runtimes pull through the one, and probes and people read the other.',
    '',
    `| contract | operation | call | ${columns.join(' | ')} |`,
    `|---|---|---|${columns.map(() => ':-:').join('|')}|`,
    ...rows,
    '',
    ...paragraphs,
  ].join('\n')
  return format(text, { parser: 'markdown', printWidth: 120 })
}
