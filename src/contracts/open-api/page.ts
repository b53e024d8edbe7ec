// Lists in pages: what the query asks for, and the answer with the addresses of the other pages. Pure.

import type { Page } from '../../model/ports.ts'
import { toLink } from '../http/link.ts'
import type { Answer } from '../http/route.ts'
import { numberAt } from './call.ts'

const usualPerPage = 10
/** Dragonfly's own clients ask for 10,000,000 to get all at once; Link then leads them on in pages of this size. */
const mostPerPage = 100

export interface Paging {
  /** From 1. */
  readonly page: number
  readonly perPage: number
}

/** Absent, empty and 0 mean the default. Throws `request.invalid`. */
export function pagingOf(query: URLSearchParams): Paging {
  const perPage = numberAt(query, 'per_page') || usualPerPage
  return { page: numberAt(query, 'page') || 1, perPage: Math.min(perPage, mostPerPage) }
}

/** The page of a list that is here as a whole. */
export function cut<T>(all: readonly T[], { page, perPage }: Paging): Page<T> {
  return { rows: all.slice((page - 1) * perPage, page * perPage), total: all.length }
}

export interface ListCall {
  readonly path: string
  /** As the client sent it. */
  readonly query: URLSearchParams
}

/** One page of a list, with the `per_page` that was served in its Link. */
export function toList<T>({ path, query }: ListCall, { rows, total }: Page<T>, show: (row: T) => unknown): Answer {
  const link = toLink({ path, query, ...pagingOf(query), total })
  return { status: 200, headers: { link }, body: rows.map(show) }
}
