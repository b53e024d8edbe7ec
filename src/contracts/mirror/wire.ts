// What the bytes of the registry API look like. OCI distribution-spec v1.1 and the Docker Registry HTTP API V2.

/** distribution-spec v1.1, "Error codes"; UNKNOWN and UNAVAILABLE are the Docker registry's own. */
export type ErrorCode =
  | 'BLOB_UNKNOWN'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_UNKNOWN'
  | 'NAME_INVALID'
  | 'DIGEST_INVALID'
  | 'UNAUTHORIZED'
  | 'DENIED'
  | 'UNSUPPORTED'
  | 'TOOMANYREQUESTS'
  | 'UNAVAILABLE'
  | 'UNKNOWN'

export interface ErrorBody {
  readonly errors: readonly [{ readonly code: ErrorCode; readonly message: string; readonly detail: unknown }]
}

/** Docker's clients take a server without it for a registry of the first generation. */
export const versionHeader = { 'docker-distribution-api-version': 'registry/2.0' } as const

export const nameGrammar = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
export const tagGrammar = /^\w[\w.-]{0,127}$/
/** distribution-spec v1.1, "Pulling manifests": registries may refuse longer names. */
export const nameLength = 255
