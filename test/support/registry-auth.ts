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
    if (this.#auth.kind === 'basic') return 'Basic realm="test registry"'
    const realm = this.#auth.realm ?? `${url}/token`
    return `Bearer realm="${realm}",service="test-registry"${scope === undefined ? '' : `,scope="${scope}"`}`
  }

  /** Status and body of the token endpoint's answer. */
  token(url: URL, authorization: string | undefined): [number, unknown] {
    const allowed = authorization === undefined ? this.#auth.anonymous === true : this.#knows(authorization)
    if (!allowed) return [401, { errors: [{ code: 'UNAUTHORIZED', message: 'incorrect username or password' }] }]
    const token = `token-${++this.#given}`
    this.#tokens.set(token, url.searchParams.get('scope') ?? '')
    return [200, { token, ...(this.#auth.expiresIn === undefined ? {} : { expires_in: this.#auth.expiresIn }) }]
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
