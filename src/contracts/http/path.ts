// What a client put before the paths of a contract: prefixes, a token, doubled slashes. Pure.

export interface Prefix {
  /** Begins with a slash and does not end with one. */
  readonly path: string
  /** The clusters that calls below it are for, where they name none themselves. Empty: all, as without a prefix. */
  readonly clusterIds: readonly number[]
}

export interface Door {
  /** The path as the contracts know it, with the query as it came. */
  readonly url: string
  /** From `/t/<token>/…`: Harbors up to 2.11 can send no credential, and the path is all they keep. */
  readonly token: string | undefined
  readonly clusterIds: readonly number[]
}

const tokenInPath = /^\/t\/([^/]+)(?=\/|$)/

/**
 * Takes off what stands before a contract's path, in any order. The longest prefix comes first, whichever way they are
 * configured. The pre-release Harbor driver joins endpoint and path with a slash too many, hence the doubled slashes.
 */
export function enter(url: string, prefixes: readonly Prefix[]): Door {
  const cut = url.indexOf('?')
  const query = cut === -1 ? '' : url.slice(cut)
  let path = (cut === -1 ? url : url.slice(0, cut)).replace(/\/{2,}/g, '/')
  let token: string | undefined
  let clusterIds: readonly number[] = []
  for (;;) {
    const prefix = longest(prefixes.filter((known) => path === known.path || path.startsWith(`${known.path}/`)))
    const inPath = token === undefined ? tokenInPath.exec(path) : null
    if (prefix !== undefined) {
      path = path.slice(prefix.path.length)
      if (clusterIds.length === 0) clusterIds = prefix.clusterIds
    } else if (inPath !== null) {
      token = inPath[1]
      path = path.slice(inPath[0].length)
    } else return { url: (path === '' ? '/' : path) + query, token, clusterIds }
  }
}

const longest = (prefixes: readonly Prefix[]): Prefix | undefined =>
  prefixes.toSorted((a, b) => b.path.length - a.path.length)[0]
