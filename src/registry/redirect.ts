// Where a redirect may lead. Registries send readers of blobs to object stores on other hosts.

/** Real registries need one or two. */
export const mostRedirects = 5

export type RedirectVerdict =
  | { readonly follow: URL; /** Credentials stay behind otherwise. */ readonly sameOrigin: boolean }
  | { readonly refuse: string }

export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status)

/**
 * `hops` counts the redirects followed so far. The address that it leads to is judged where every address is, by the
 * outgoing client.
 */
export function judgeRedirect(from: URL, location: string | undefined, hops: number): RedirectVerdict {
  if (hops >= mostRedirects) return { refuse: `it redirects more than ${mostRedirects} times` }
  if (location === undefined || !URL.canParse(location, from.href))
    return { refuse: 'it redirects without saying where to' }
  const to = new URL(location, from)
  if (to.protocol !== 'https:' && to.protocol !== 'http:')
    return { refuse: 'it redirects to something other than HTTP' }
  if (from.protocol === 'https:' && to.protocol === 'http:') return { refuse: 'it redirects from https to http' }
  if (to.username !== '' || to.password !== '') return { refuse: 'it redirects with a password in the address' }
  return { follow: to, sameOrigin: to.origin === from.origin }
}
