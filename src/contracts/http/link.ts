// The Link header of a list that comes in pages. Pure.

export interface PageOf {
  readonly path: string
  /** As the client sent it. */
  readonly query: URLSearchParams
  /** From 1. */
  readonly page: number
  readonly perPage: number
  /** Rows of all pages together. */
  readonly total: number
}

/** The four addresses of RFC 8288, unquoted and relative as Dragonfly's clients parse them. */
export function toLink({ path, query, page, perPage, total }: PageOf): string {
  const last = Math.max(1, Math.ceil(total / perPage))
  const address = (to: number): string => {
    const params = new URLSearchParams(query)
    params.set('page', String(to))
    params.set('per_page', String(perPage))
    params.sort()
    return `<${path}?${params.toString()}>`
  }
  const pages = { prev: Math.max(1, page - 1), next: Math.min(last, page + 1), first: 1, last }
  return Object.entries(pages)
    .map(([rel, to]) => `${address(to)};rel=${rel}`)
    .join(',')
}
