// Which jobs the list shows, as its address says it and as the service is asked for it. Pure.

import type { Job, Phase } from '../../api/types.ts'
import type { paths } from '../../../../openapi/open-api.ts'
import { contracts, phases } from '../../job.ts'

/** By what is wanted: preheats of both kinds are what people mean when they say nothing. */
export const kinds = [
  ['', 'Preheats'],
  ['image', 'Images'],
  ['file', 'Files'],
  ['get_task', 'Look-ups (get_task)'],
  ['delete_task', 'Evictions (delete_task)'],
  ['all', 'All jobs'],
] as const

type Kind = (typeof kinds)[number][0]

/** Empty texts and 0 filter nothing. */
export interface Filters {
  readonly phase: Phase | ''
  readonly kind: Kind
  /** A cluster's id. */
  readonly cluster: number
  readonly contract: Job['contract'] | ''
  /** A peer's id. */
  readonly peer: string
  /** In an address or a note. */
  readonly q: string
  /** From 1. */
  readonly page: number
}

export const noFilters: Filters = { phase: '', kind: '', cluster: 0, contract: '', peer: '', q: '', page: 1 }

const rowsPerPage = 25
/** As long as the service takes a text. */
export const longestText = 256

/** What an address says that is no filter of ours is passed over. */
export const filtersOf = (params: URLSearchParams): Filters => ({
  phase: phases.find((phase) => phase === params.get('phase')) ?? '',
  kind: kinds.find(([kind]) => kind === params.get('kind'))?.[0] ?? '',
  cluster: wholeNumber(params.get('cluster')) ?? 0,
  contract: contracts.find((contract) => contract === params.get('contract')) ?? '',
  peer: text(params.get('peer')),
  q: text(params.get('q')),
  page: wholeNumber(params.get('page')) ?? 1,
})

/** For the address: what filters nothing is left out. */
export function toParams(filters: Filters): URLSearchParams {
  const params = new URLSearchParams()
  for (const name of filterNames) {
    if (filters[name] !== noFilters[name]) params.set(name, String(filters[name]))
  }
  return params
}

/** Another filter begins at the first page again. */
export const changed = (filters: Filters, change: Partial<Filters>): Filters => ({ ...filters, page: 1, ...change })

export const isFiltered = (filters: Filters): boolean =>
  filterNames.some((name) => name !== 'page' && filters[name] !== noFilters[name])

type Query = NonNullable<paths['/oapi/v1/jobs']['get']['parameters']['query']>

/** For the service. */
export function toQuery({ phase, kind, cluster, contract, peer, q, page }: Filters): Query {
  return {
    page,
    per_page: rowsPerPage,
    ...toType(kind),
    ...(phase !== '' && { phase }),
    ...(cluster !== 0 && { scheduler_cluster_id: cluster }),
    ...(contract !== '' && { contract }),
    ...(peer !== '' && { peer }),
    ...(q !== '' && { q }),
  }
}

function toType(kind: Kind): Pick<Query, 'type' | 'args_type'> {
  if (kind === 'all') return {}
  if (kind === 'get_task' || kind === 'delete_task') return { type: kind }
  return { type: 'preheat', ...(kind !== '' && { args_type: kind }) }
}

const filterNames = ['phase', 'kind', 'cluster', 'contract', 'peer', 'q', 'page'] as const satisfies (keyof Filters)[]

const text = (given: string | null): string => (given ?? '').slice(0, longestText)

function wholeNumber(given: string | null): number | undefined {
  const number = Number(given)
  return Number.isSafeInteger(number) && number > 0 ? number : undefined
}
