// Who is asking, and what they may.

export const permissions = ['job', 'job:read', 'cluster', 'cluster:read', 'personal-access-token'] as const
export type Permission = (typeof permissions)[number]

export interface Principal {
  readonly tokenId: number | null
  readonly name: string
  readonly userId: number
  readonly permissions: readonly Permission[]
  /** When its token ends; null where that is never, or where there is none. */
  readonly expiresAtMs: number | null
}

/** The name of the token that a call came with; '' where it came without, and none was asked for. */
export const tokenNameOf = (principal: Principal | null): string =>
  principal === null || (principal.tokenId === null && principal.userId === 0) ? '' : principal.name

/** `job` includes `job:read`. */
export function mayDo(principal: Principal, needed: Permission): boolean {
  return principal.permissions.some((held) => held === needed || `${held}:read` === needed)
}
