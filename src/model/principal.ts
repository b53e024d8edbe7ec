// Who is asking, and what they may.

export const permissions = ['job', 'job:read', 'cluster', 'cluster:read', 'personal-access-token'] as const
export type Permission = (typeof permissions)[number]

export interface Principal {
  readonly tokenId: number | null
  readonly name: string
  readonly userId: number
  readonly permissions: readonly Permission[]
}

/** `job` includes `job:read`. */
export function mayDo(principal: Principal, needed: Permission): boolean {
  return principal.permissions.some((held) => held === needed || `${held}:read` === needed)
}
