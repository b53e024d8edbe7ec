// What operators and their probes call.

import { readFile } from 'node:fs/promises'
import { Failure } from '../../model/failure.ts'
import type { Answer, Contract, Refuse } from '../http/route.ts'

export interface OpsOptions {
  /** Rejects when the service cannot do its work just now. */
  readonly ready: () => Promise<void>
  readonly version: string
}

const document = new URL('../../../openapi/open-api.yaml', import.meta.url)

export function opsContract(options: OpsOptions): Contract {
  return {
    name: 'ops',
    refuse,
    routes: [
      {
        operation: 'welcome',
        method: 'get',
        path: '/',
        may: 'anyone',
        run: async () => ({
          status: 200,
          body: { name: 'warmfront', version: options.version, document: '/openapi.yaml' },
        }),
      },
      {
        operation: 'live',
        method: 'get',
        path: '/livez',
        may: 'anyone',
        run: async () => ({ status: 200, body: { status: 'ok' } }),
      },
      { operation: 'ready', method: 'get', path: '/readyz', may: 'anyone', run: () => readiness(options) },
      {
        operation: 'document',
        method: 'get',
        path: '/openapi.yaml',
        may: 'anyone',
        run: async () => ({
          status: 200,
          headers: { 'content-type': 'application/yaml; charset=utf-8' },
          text: await readFile(document, 'utf8'),
        }),
      },
    ],
  }
}

async function readiness({ ready }: OpsOptions): Promise<Answer> {
  try {
    await ready()
    return { status: 200, body: { status: 'ok' } }
  } catch (error) {
    const message = error instanceof Failure ? error.message : 'The service is not ready.'
    return { status: 503, body: { status: 'not ready', message } }
  }
}

const refuse: Refuse = (failure) => {
  if (!(failure instanceof Failure)) return { status: 500, body: { message: 'Something went wrong inside Warmfront.' } }
  const status = failure.code === 'request.wrong-method' ? 405 : failure.side === 'caller' ? 400 : 503
  return { status, body: { message: failure.message } }
}
