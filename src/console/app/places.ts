// Where one can go from everywhere, and what a token needs to be shown it. Pure.

import type { Scope } from '../api/types.ts'

interface Place {
  readonly path: string
  readonly name: string
  readonly needs?: Scope
}

const places: readonly Place[] = [
  { path: '/preheats', name: 'Preheats', needs: 'job:read' },
  { path: '/clusters', name: 'Clusters', needs: 'cluster:read' },
  { path: '/tokens', name: 'Tokens', needs: 'personal-access-token' },
  { path: '/connect', name: 'Connect' },
]

/** Those that a token is offered; there is always one. */
export const placesFor = (may: (scope: Scope) => boolean): readonly Place[] =>
  places.filter(({ needs }) => needs === undefined || may(needs))
