// Gives the tokens that a real docker-registry accepts. Protocol: distribution's docs/spec/auth/token.md and jwt.md.

import { randomUUID, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { makeCertificate } from './certificates.ts'

const validSeconds = 60

export interface TokenServerOptions {
  /** Answers GET with 405, so that tokens come by POST only (oauth.md). Who wants to push may: skopeo knows no other way. */
  readonly refuseGet?: boolean
  /** A refresh token that is worth as much as the password. */
  readonly identityToken?: string
}

/** One request for a token. */
export interface TokenRequest {
  readonly method: string
  readonly authorization: string | undefined
  /** The query of a GET, the form of a POST; each scope on its own. */
  readonly fields: Readonly<Record<string, string>>
  readonly scopes: readonly string[]
  readonly status: number
}

export interface TokenServer {
  /** The realm that the registry names in its challenge. */
  readonly url: string
  /** All that were made, in their order. */
  readonly requests: readonly TokenRequest[]
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
export async function startTokenServer(
  username: string,
  password: string,
  options: TokenServerOptions = {},
): Promise<TokenServer> {
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
  const mayByForm = (form: URLSearchParams): readonly string[] | undefined => {
    const byPassword = form.get('grant_type') === 'password'
    const knows = byPassword
      ? form.get('username') === username && form.get('password') === password
      : form.get('grant_type') === 'refresh_token' && form.get('refresh_token') === options.identityToken
    return knows && form.has('client_id') ? ['pull', 'push'] : undefined
  }
  const mayByHeader = (authorization: string | undefined): readonly string[] | undefined =>
    authorization === known ? ['pull', 'push'] : authorization === undefined ? ['pull'] : undefined
  const requests: TokenRequest[] = []
  const server = createServer(async (request, response) => {
    const { method = '', headers } = request
    const { authorization } = headers
    const form = new URLSearchParams(await text(request))
    const { searchParams } = new URL(request.url ?? '', 'http://localhost')
    const asked = method === 'POST' ? form : searchParams
    const scopes = asked.getAll('scope').flatMap((list) => list.split(' '))
    const may = method === 'POST' ? mayByForm(form) : mayByHeader(authorization)
    const refused = method === 'GET' && options.refuseGet === true && !scopes.some(isForPush)
    const status = refused ? 405 : may === undefined ? 401 : 200
    requests.push({ method, authorization, fields: Object.fromEntries(asked), scopes, status })
    response.writeHead(status, { 'content-type': 'application/json' })
    if (status !== 200 || may === undefined) {
      response.end('{}')
      return
    }
    const token = tokenOf(scopes.map((scope) => accessOf(scope, may)))
    // token.md calls it `token`, oauth.md `access_token`.
    const name = method === 'POST' ? 'access_token' : 'token'
    response.end(JSON.stringify({ [name]: token, expires_in: validSeconds }))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the token server has no port')
  return {
    url: `http://127.0.0.1:${address.port}/token`,
    requests,
    service,
    issuer,
    authority: ca,
    async stop() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

/** Whether a scope, such as `repository:library/app:pull,push`, is more than a preheat ever needs. */
export const isForPush = (scope: string): boolean => /:[^:]*push[^:]*$/.test(scope)

/** `repository:library/app:pull,push`; the name may hold a colon, as in localhost:5000/app. */
function accessOf(scope: string, may: readonly string[]): Access {
  const [, type = '', name = '', actions = ''] = /^([^:]*):(.*):([^:]*)$/.exec(scope) ?? []
  return { type, name, actions: actions.split(',').filter((action) => may.includes(action)) }
}
