// The Authorization header, whichever way a client can send a token. Pure.

/**
 * Basic with the token as its password reads as Bearer: containerd, Docker and Harbor's forms know name and password
 * only. The name is for people. Anything else stays as it is.
 */
export function asBearer(authorization: string): string {
  const basic = /^basic +([A-Za-z0-9+/=_-]+)$/i.exec(authorization)
  if (basic === null) return authorization
  const pair = Buffer.from(basic[1] ?? '', 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  return colon === -1 ? authorization : `Bearer ${pair.slice(colon + 1)}`
}
