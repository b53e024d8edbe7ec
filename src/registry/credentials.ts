// Who we say we are at a registry: what the request brought, what is configured, or nobody.

import { Secret } from '../kit/secret.ts'

export interface Credential {
  readonly username: string
  readonly password: Secret
  /** The password is an OAuth2 refresh token. */
  readonly isIdentityToken: boolean
}

/** One way to be let in. `called` names it in a sentence; whose name is configured is not for those who ask. */
export type Identity = { readonly called: string; /** Not the request's. */ readonly isConfigured?: true } & (
  | /** Sent as it is. */ { readonly by: 'header'; readonly authorization: string }
  | { readonly by: 'credential'; readonly credential: Credential }
  | { readonly by: 'nobody' }
)

export const nobody: Identity = { by: 'nobody', called: 'an anonymous pull' }

/** What docker stores as the user name where the password is an identity token. */
const identityTokenUser = '<token>'

export function credential(username: string, password: Secret): Credential {
  return { username, password, isIdentityToken: username === identityTokenUser }
}

/** Whether the user name stands for somebody, and not for the kind of the secret. */
export const isAccount = (username: string): boolean => username !== '' && username !== identityTokenUser

export interface Brought {
  /** The request's Authorization header. */
  readonly authorization: string | undefined
  /** Empty without one. */
  readonly username: string
  readonly password: string | undefined
}

/**
 * In the order in which they are tried. A header that is refused gives way, since Harbor's expire in the queue; a user
 * name that the request gives does not, since its sender wants to know that it is wrong.
 */
export function identitiesOf(brought: Brought, configured: Identity | undefined): readonly Identity[] {
  const { authorization, username, password } = brought
  const user = (given: Credential): Identity => ({
    by: 'credential',
    called: 'the user of the request',
    credential: given,
  })
  const ours: Identity = configured === undefined ? nobody : { ...configured, isConfigured: true }
  const last = username === '' ? ours : user(credential(username, new Secret(password ?? '')))
  if (authorization === undefined) return [last]
  const header: Identity = { by: 'header', called: 'the token of the request', authorization }
  const inside = basicIn(authorization)
  return inside === undefined ? [header, last] : [header, user(inside), last]
}

/** What a registry is told apart by that gives each account its own quota. */
export const quotaName = (identity: Identity): string =>
  identity.by === 'credential' ? identity.credential.username : identity.by === 'header' ? identity.authorization : ''

export const basic = ({ username, password }: Credential): string =>
  `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`

/** The user and password of a Basic header: a registry that wants Bearer gives a token for them. */
function basicIn(authorization: string): Credential | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1]
  return encoded === undefined ? undefined : userAndPassword(encoded)
}

/** `user:password` in base64, as Basic and docker's config.json have it; undefined for anything else. */
export function userAndPassword(base64: string): Credential | undefined {
  const text = Buffer.from(base64, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 1 ? undefined : credential(text.slice(0, colon), new Secret(text.slice(colon + 1)))
}
