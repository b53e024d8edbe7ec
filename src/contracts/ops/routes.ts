// What operators and their probes call, and what people read: the documents.

import type { Answer, Call, Contract, Route } from '../http/route.ts'
import { docsAsset, docsPage } from './docs-page.ts'
import { documentOf, wholeDocument } from './documents.ts'
import { refuse } from './refusals.ts'

export interface OpsOptions {
  /** Rejects when the service cannot do its work just now. */
  readonly ready: () => Promise<void>
  readonly version: string
  /** Names of the contracts that are served, this one included: the documents are theirs. */
  readonly contracts: readonly string[]
}

export function opsContract({ ready, version, contracts }: OpsOptions): Contract {
  const welcome = { name: 'warmfront', version, document: '/openapi.yaml', docs: '/docs' }
  const isReady = async (): Promise<Answer> => {
    await ready()
    return ok
  }
  return {
    name: 'ops',
    refuse,
    routes: [
      open('welcome', '/', async () => ({ status: 200, body: welcome })),
      open('live', '/livez', async () => ok),
      open('ready', '/readyz', isReady),
      open('getDocument', '/openapi.yaml', () => wholeDocument(contracts)),
      open('getContractDocument', '/openapi/:contract.yaml', ({ params }) =>
        documentOf(params['contract'] ?? '', contracts),
      ),
      // Without the slash, since the addresses on the page are relative to it. Express takes the two for the same.
      { ...open('getDocs', '/docs', async () => docsPage()), pattern: /^\/docs$/ },
      { ...open('redirectToDocs', '/docs/', async () => toDocs), pattern: /^\/docs\/$/ },
      open('getDocsAsset', '/docs/:asset', ({ params }) => docsAsset(params['asset'] ?? '', contracts)),
    ],
  }
}

const open = (operation: string, path: string, run: (call: Call) => Promise<Answer>): Route => ({
  operation,
  method: 'get',
  path,
  may: 'anyone',
  run,
})

const ok: Answer = { status: 200, body: { status: 'ok' } }
const toDocs: Answer = { status: 308, headers: { location: '../docs' } }
