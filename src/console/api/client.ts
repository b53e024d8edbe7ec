// The Open API as this page calls it. Types come from openapi/open-api.yaml; nothing is written by hand.

import createClient from 'openapi-fetch'
import type { paths } from '../../../openapi/open-api.ts'
import { ApiFailure, toFailure } from './failure.ts'

/** Where the service is: the page stands in `console/` below it, whatever prefix it was reached by. */
export const serviceUrl = new URL('..', document.baseURI).href.replace(/\/$/, '')

export type Client = ReturnType<typeof makeClient>

/** `onRefused` hears when the token is refused: it expired, or somebody revoked it. */
export function makeClient(token: string, onRefused: (why: string) => void) {
  const client = createClient<paths>({ baseUrl: serviceUrl, headers: { authorization: `Bearer ${token}` } })
  client.use({
    async onResponse({ response }) {
      if (response.status === 401) onRefused((await toFailure(response.clone())).message)
    },
    onError: ({ error }) => new ApiFailure('The service does not answer.', { cause: error }),
  })
  return client
}

interface Answered<T> {
  readonly data?: T
  readonly error?: unknown
  readonly response: Response
}

/** The data of an answer. Throws ApiFailure for a refusal. */
export async function dataOf<T>(asked: Promise<Answered<T>>): Promise<T> {
  const { data, error, response } = await asked
  if (!response.ok) throw await toFailure(response, error)
  // Some answers have no body, and their type is undefined.
  return data as T
}

export interface Page<T> {
  readonly rows: readonly T[]
  /** How many pages there are; 1 where there is nothing. */
  readonly pages: number
  /** When it was had, by the clock of the browser. */
  readonly atMs: number
}

/** A page of a list, with how many there are by its Link header. Throws ApiFailure. */
export async function pageOf<T>(asked: Promise<Answered<T[]>>): Promise<Page<T>> {
  const { data, error, response } = await asked
  if (!response.ok) throw await toFailure(response, error)
  const [, last] = /<([^>]*)>;rel=last/.exec(response.headers.get('link') ?? '') ?? []
  const pages = Number(new URLSearchParams(last?.split('?')[1]).get('page') ?? 1)
  return { rows: data ?? [], pages, atMs: Date.now() }
}
