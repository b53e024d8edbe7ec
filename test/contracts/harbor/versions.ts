// What distinguishes one released Harbor from another, as a table: a row holds from its version up to the next row.
// Found by comparing the drivers of all release tags (goharbor/harbor src/pkg/p2p/preheat/provider).

export interface Rules {
  readonly generation: 'legacy' | 'oapi'
  /** Around the address in an error text. */
  readonly quote: "'" | '"'
  /** What the Dragonfly driver makes of a POST that is answered with 208. */
  readonly alreadyReported: 'like 200' | 'success' | 'error'
  /** The same for Kraken's. */
  readonly krakenAlreadyReported: 'like 200' | 'error'
  /** Reads `errorMsg`, and knows FAILED. */
  readonly readsErrorMsg: boolean
  /** Health is asked at an address that was parsed and put together again, which loses user and password. */
  readonly parsesHealthAddress: boolean
  /** Credentials that were stored with an instance reach the driver. */
  readonly hasCredentials: boolean
  /** Where scope and cluster ids come from. */
  readonly policy: 'none' | 'scope' | 'extra attributes'
}

const first: Rules = {
  generation: 'legacy',
  quote: "'",
  alreadyReported: 'like 200',
  krakenAlreadyReported: 'like 200',
  readsErrorMsg: false,
  parsesHealthAddress: false,
  hasCredentials: false,
  policy: 'none',
}

const changes: readonly (readonly [since: string, Partial<Rules>])[] = [
  ['2.1.0', first],
  ['2.3.0', { alreadyReported: 'success', krakenAlreadyReported: 'error' }],
  ['2.4.2', { quote: '"' }],
  ['2.5.0', { parsesHealthAddress: true }],
  ['2.8.0', { readsErrorMsg: true }],
  ['2.12.0', { generation: 'oapi', alreadyReported: 'error', hasCredentials: true, policy: 'scope' }],
  ['2.13.0', { policy: 'extra attributes' }],
]

/** For versions that were never seen, too. Throws for a version before 2.1, which cannot preheat. */
export function rulesOf(version: string): Rules {
  const known = changes.filter(([since]) => compare(since, version) <= 0)
  if (known.length === 0) throw new RangeError(`Harbor ${version} cannot preheat`)
  return known.reduce((rules, [, change]) => ({ ...rules, ...change }), first)
}

function compare(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)]
  const place = left.findIndex((number, index) => number !== right[index])
  return place === -1 ? 0 : (left[place] ?? 0) - (right[place] ?? 0)
}

function numbers(version: string): readonly number[] {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1)
  if (parts === undefined) throw new RangeError(`${version} is no version of Harbor`)
  return parts.map(Number)
}
