// The personal access tokens of the Open API.

import type { AccessTokens } from '../../auth/access-tokens.ts'
import type { TokenFilter } from '../../model/ports.ts'
import type { Route } from '../http/route.ts'
import { callerOf, idOf, numberAt } from './call.ts'
import { pagingOf, toList } from './page.ts'
import { toAsked, toChange, toToken } from './translate-tokens.ts'
import type { ChangeToken, CreateToken } from './wire.ts'

export interface TokenParts {
  readonly tokens: AccessTokens
}

const path = '/oapi/v1/personal-access-tokens'
const may = 'personal-access-token'

// The door has held each body against the document, which is where the types of the bodies come from.

export function tokenRoutes({ tokens }: TokenParts): readonly Route[] {
  return [
    {
      operation: 'createToken',
      method: 'post',
      path,
      may,
      run: async (call) => {
        const { record, token } = await tokens.mint(toAsked(call.body as CreateToken), callerOf(call))
        return { status: 200, headers: { 'cache-control': 'no-store' }, body: toToken(record, token) }
      },
    },
    {
      operation: 'listTokens',
      method: 'get',
      path,
      may,
      run: async ({ query }) => {
        const { page, perPage } = pagingOf(query)
        return toList({ path, query }, await tokens.list(toFilter(query), page, perPage), (record) => toToken(record))
      },
    },
    {
      operation: 'getToken',
      method: 'get',
      path: `${path}/:id`,
      may,
      run: async (call) => ({ status: 200, body: toToken(await tokens.get(idOf(call))) }),
    },
    {
      operation: 'changeToken',
      method: 'patch',
      path: `${path}/:id`,
      may,
      run: async (call) => {
        const change = toChange(call.body as ChangeToken)
        return { status: 200, body: toToken(await tokens.change(idOf(call), change, callerOf(call))) }
      },
    },
    {
      operation: 'deleteToken',
      method: 'delete',
      path: `${path}/:id`,
      may,
      run: async (call) => {
        await tokens.remove(idOf(call))
        return { status: 200 }
      },
    },
  ]
}

function toFilter(query: URLSearchParams): TokenFilter {
  const state = query.get('state') ?? ''
  const userId = numberAt(query, 'user_id')
  return { ...(state !== '' && { active: state === 'active' }), ...(userId > 0 && { userId }) }
}
