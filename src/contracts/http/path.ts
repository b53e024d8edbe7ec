// What a client put before the paths of a contract: prefixes, a token, doubled slashes. Pure.

export interface Door {
  /** The path as the contracts know it, with the query as it came. */
  readonly url: string
  /** From `/t/<token>/…`: Harbors up to 2.11 can send no credential, and the path is all they keep. */
  readonly token: string | undefined
}

const tokenInPath = /^\/t\/([^/]+)(?=\/|$)/

/** The pre-release Harbor driver joins endpoint and path with a slash too many, hence the doubled slashes. */
export function enter(url: string, prefixes: readonly string[]): Door {
  const cut = url.indexOf('?')
  const query = cut === -1 ? '' : url.slice(cut)
  let path = (cut === -1 ? url : url.slice(0, cut)).replace(/\/{2,}/g, '/')
  let token: string | undefined
  for (;;) {
    const prefix = prefixes.find((candidate) => path === candidate || path.startsWith(`${candidate}/`))
    const inPath = token === undefined ? tokenInPath.exec(path) : null
    if (prefix !== undefined) path = path.slice(prefix.length)
    else if (inPath !== null) {
      token = inPath[1]
      path = path.slice(inPath[0].length)
    } else return { url: (path === '' ? '/' : path) + query, token }
  }
}
