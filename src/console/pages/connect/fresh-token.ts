// A token made for the client that is being connected.

import { dataOf, type Client as Api } from '../../api/client.ts'
import type { Token } from '../../api/types.ts'
import { ApiFailure } from '../../api/failure.ts'
import { clients, tokenName, type ClientId } from './clients.ts'

const yearMs = 365 * 24 * 3_600_000

/** Throws ApiFailure. */
export async function makeFreshToken(api: Api, client: ClientId): Promise<Token> {
  const now = new Date()
  const make = (name: string): Promise<Token> => {
    const { scope, name: clientName } = clients[client]
    const body = {
      name,
      bio: `Made under Connect, for ${clientName}`,
      scopes: [scope],
      expired_at: new Date(now.getTime() + yearMs).toISOString(),
    }
    return dataOf(api.POST('/oapi/v1/personal-access-tokens', { body }))
  }
  try {
    return await make(tokenName(client, now))
  } catch (error) {
    // Somebody made one in the same minute.
    if (error instanceof ApiFailure && error.code === 'request.conflict') return make(tokenName(client, now, true))
    throw error
  }
}
