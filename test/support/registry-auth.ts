// How the test registry keeps its door: Basic, or Bearer with a token endpoint of its own at /token.

export interface RegistryAuth {
  readonly kind: 'basic' | 'bearer'
  /** Name to password. */
  readonly users: Readonly<Record<string, string>>
  /** Bearer only: tokens are given without a credential too. */
  readonly anonymous?: boolean
  /** Bearer only: what the token answer says; left out of it when undefined. */
  readonly expiresIn?: number
  /** Bearer only: where tokens are given, if not at our own /token. */
  readonly realm?: string
  /** Bearer only: who comes with an Authorization that does not pass is asked for Basic, as Harbor does. */
  readonly asksLikeHarbor?: boolean
  /** Bearer only: the one refresh token that a POST may bring. */
  readonly refreshToken?: string
  /** Bearer only: the one method that the token endpoint serves. */
  readonly tokenMethod?: 'GET' | 'POST'
  /** Sent instead of the usual WWW-Authenticate. */
  readonly challenge?: string | readonly string[]
}

export class Guard {
  readonly #auth: RegistryAuth
  readonly #tokens = new Map<string, string>()
  #given = 0

  constructor(auth: RegistryAuth) {
    this.#auth = auth
  }

  /** What every token given so far is worth from now on: nothing. */
  revokeTokens(): void {
    this.#tokens.clear()
  }

  /** undefined: the request may pass. */
  challenge(path: string, authorization: string | undefined, url: string): string | readonly string[] | undefined {
    const repository = /^\/v2\/(.+)\/(?:manifests|blobs)\//.exec(path)?.[1]
    const scope = repository === undefined ? undefined : `repository:${repository}:pull`
    const passes = this.#auth.kind === 'basic' ? this.#knows(authorization) : this.#holds(authorization, scope)
    if (passes) return undefined
    if (this.#auth.challenge !== undefined) return this.#auth.challenge
    const wantsBasic =
      this.#auth.kind === 'basic' || (this.#auth.asksLikeHarbor === true && authorization !== undefined)
    if (wantsBasic) return 'Basic realm="test registry"'
    const realm = this.#auth.realm ?? `${url}/token`
    return `Bearer realm="${realm}",service="test-registry"${scope === undefined ? '' : `,scope="${scope}"`}`
  }

  /** Status and body of the token endpoint's answer. `form` is the body of a POST. */
  token(url: URL, authorization: string | undefined, form?: URLSearchParams): [number, unknown] {
    const { tokenMethod, expiresIn } = this.#auth
    if (tokenMethod !== undefined && tokenMethod !== (form === undefined ? 'GET' : 'POST')) return [405, {}]
    if (!(form === undefined ? this.#mayGet(authorization) : this.#mayPost(form))) {
      return [401, { errors: [{ code: 'UNAUTHORIZED', message: 'incorrect username or password' }] }]
    }
    const token = `token-${++this.#given}`
    this.#tokens.set(token, (form ?? url.searchParams).get('scope') ?? '')
    const name = form === undefined ? 'token' : 'access_token'
    return [200, { [name]: token, ...(expiresIn === undefined ? {} : { expires_in: expiresIn }) }]
  }

  #mayGet(authorization: string | undefined): boolean {
    return authorization === undefined ? this.#auth.anonymous === true : this.#knows(authorization)
  }

  /** OAuth2, as distribution's docs/content/spec/auth/oauth.md has it. */
  #mayPost(form: URLSearchParams): boolean {
    if (form.get('client_id') === null || form.get('service') === null) return false
    if (form.get('grant_type') === 'refresh_token') return form.get('refresh_token') === this.#auth.refreshToken
    return this.#auth.users[form.get('username') ?? ''] === form.get('password')
  }

  #knows(authorization: string | undefined): boolean {
    const [scheme, text] = (authorization ?? '').split(' ')
    if (scheme !== 'Basic') return false
    return Object.entries(this.#auth.users).some(
      ([name, password]) => Buffer.from(`${name}:${password}`).toString('base64') === text,
    )
  }

  #holds(authorization: string | undefined, scope: string | undefined): boolean {
    const [scheme, token] = (authorization ?? '').split(' ')
    const held = scheme === 'Bearer' && token !== undefined ? this.#tokens.get(token) : undefined
    return held !== undefined && (scope === undefined || held.split(' ').includes(scope))
  }
}
