// Where the person is, kept behind the # of the address: the page works below any prefix, and every view can be sent
// to a colleague. For wouter.

import { useSyncExternalStore } from 'react'
import type { BaseLocationHook, BaseSearchHook } from 'wouter'

/** `#/preheats?phase=failed` as path and query. */
const parts = (): readonly [path: string, query: string] => {
  const [path = '', query = ''] = location.hash.replace(/^#?\/?/, '/').split('?', 2)
  return [path, query]
}

function go(to: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (!replace) {
    location.hash = to
    return
  }
  history.replaceState(null, '', `#${to}`)
  dispatchEvent(new HashChangeEvent('hashchange'))
}

function listen(changed: () => void): () => void {
  addEventListener('hashchange', changed)
  return () => removeEventListener('hashchange', changed)
}

const usePath = (): [string, typeof go] => [useSyncExternalStore(listen, () => parts()[0]), go]
export const useHash: BaseLocationHook = Object.assign(usePath, { hrefs: (href: string) => `#${href}` })
export const useHashQuery: BaseSearchHook = () => useSyncExternalStore(listen, () => parts()[1])
