// The token of a call, whichever way its client can send one. Pure.

import type { IncomingHttpHeaders } from 'node:http'

/**
 * As an Authorization header of the scheme Bearer, where that is possible. The header comes first, then X-Api-Key (the
 * auth mode CUSTOM of Harbor's API), then the token in the path, which is all that Harbors up to 2.11 can carry.
 */
export function credentialOf(headers: IncomingHttpHeaders, tokenInPath: string | undefined): string | undefined {
  if (headers.authorization !== undefined) return asBearer(headers.authorization)
  const key = headers['x-api-key']
  const token = typeof key === 'string' ? key : tokenInPath
  return token === undefined ? undefined : `Bearer ${token}`
}

/**
 * Basic with the token as its password reads as Bearer: containerd, Docker and Harbor's forms know name and password
 * only. The name is for people, and a Harbor made in its user interface sends `username:<what was typed as user name>`
 * or `password:<what was typed as password>` at random (goharbor/harbor src/pkg/p2p/preheat/provider/auth/
 * basic_handler.go@v2.15.2 takes the first key of a map), so a token typed into both fields always arrives. Anything
 * else stays as it is.
 */
function asBearer(authorization: string): string {
  const basic = /^basic +([A-Za-z0-9+/=_-]+)$/i.exec(authorization)
  if (basic === null) return authorization
  const pair = Buffer.from(basic[1] ?? '', 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  return colon === -1 ? authorization : `Bearer ${pair.slice(colon + 1)}`
}
