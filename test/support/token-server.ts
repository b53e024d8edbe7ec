// Gives the tokens that a real docker-registry accepts. Protocol: distribution's docs/spec/auth/token.md and jwt.md.

import { randomUUID, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { makeCertificate } from './certificates.ts'

const validSeconds = 60

export interface TokenServer {
  /** The realm that the registry names in its challenge. */
  readonly url: string
  readonly service: string
  readonly issuer: string
  /** PEM of the authority that the registry has to trust. */
  readonly authority: string
  stop(): Promise<void>
}

interface Access {
  readonly type: string
  readonly name: string
  readonly actions: readonly string[]
}

/** The user may pull and push; who gives no credential may pull, and a wrong credential gets 401. */
export async function startTokenServer(username: string, password: string): Promise<TokenServer> {
  const service = 'test-registry'
  const issuer = 'test-issuer'
  const { ca, cert, key } = await makeCertificate()
  const chain = [cert.replaceAll(/-----[^-]+-----|\s/g, '')]
  const known = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  const tokenOf = (access: readonly Access[]) => {
    const now = Math.floor(Date.now() / 1000)
    // A little in the past: the registry checks nbf against a clock of its own.
    const times = { iat: now, nbf: now - 10, exp: now + validSeconds }
    const claims = { iss: issuer, sub: '', aud: service, jti: randomUUID(), access, ...times }
    const parts = [{ typ: 'JWT', alg: 'ES256', x5c: chain }, claims]
    const input = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
    return `${input}.${signature.toString('base64url')}`
  }
  const server = createServer((request, response) => {
    const { authorization } = request.headers
    if (authorization !== undefined && authorization !== known) {
      response.writeHead(401).end()
      return
    }
    const { searchParams } = new URL(request.url ?? '', 'http://localhost')
    const scopes = searchParams.getAll('scope').flatMap((text) => text.split(' '))
    const may = authorization === known ? ['pull', 'push'] : ['pull']
    const access = scopes.map((scope) => accessOf(scope, may))
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ token: tokenOf(access), expires_in: validSeconds }))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the token server has no port')
  return {
    url: `http://127.0.0.1:${address.port}/token`,
    service,
    issuer,
    authority: ca,
    async stop() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

/** `repository:library/app:pull,push`; the name may hold a colon, as in localhost:5000/app. */
function accessOf(scope: string, may: readonly string[]): Access {
  const [, type = '', name = '', actions = ''] = /^([^:]*):(.*):([^:]*)$/.exec(scope) ?? []
  return { type, name, actions: actions.split(',').filter((action) => may.includes(action)) }
}
