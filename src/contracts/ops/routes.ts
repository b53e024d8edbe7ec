// What operators and their probes call, and what people read: the documents.

import type { Answer, Call, Contract, Route } from '../http/route.ts'
import { docsAsset, docsPage } from './docs-page.ts'
import { documentOf, wholeDocument } from './documents.ts'
import { refuse } from './refusals.ts'
import type { Site } from './site.ts'

export interface OpsOptions {
  /** Rejects when the service cannot do its work just now. */
  readonly ready: () => Promise<void>
  readonly version: string
  /** Names of the contracts that are served, this one included: the documents are theirs. */
  readonly contracts: readonly string[]
  readonly site: Site
}

export function opsContract({ ready, version, contracts, site }: OpsOptions): Contract {
  const welcome = { name: 'warmfront', version, document: '/openapi.yaml', docs: '/docs', console: '/console/' }
  const isReady = async (): Promise<Answer> => {
    await ready()
    return ok
  }
  return {
    name: 'ops',
    refuse,
    routes: [
      open('welcome', '/', async (call) =>
        site.isBuilt && isBrowser(call) ? toConsole : { status: 200, headers: byAccept, body: welcome },
      ),
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
      { ...open('redirectToConsole', '/console', async () => toConsoleWithSlash), pattern: /^\/console$/ },
      { ...open('getConsole', '/console/', async (call) => site.page(call)), pattern: /^\/console\/$/ },
      open('getConsoleAsset', '/console/assets/:asset', async (call) => site.asset(call)),
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
const byAccept = { vary: 'Accept' }
/** Relative, so that it holds below any prefix that was typed with a slash at its end. */
const toConsole: Answer = { status: 302, headers: { location: 'console/', ...byAccept } }
const toConsoleWithSlash: Answer = { status: 308, headers: { location: 'console/' } }
/** Every browser names XHTML when somebody goes to an address; HTML alone is named by Java's clients and probes too. */
const isBrowser = ({ headers }: Call): boolean => String(headers['accept'] ?? '').includes('application/xhtml+xml')
const toDocs: Answer = { status: 308, headers: { location: '../docs' } }
