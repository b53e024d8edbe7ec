// The name of a blob: an algorithm and a hash in hex. OCI image-spec v1.1, descriptor.md#digests.

declare const parsed: unique symbol
/** `sha256:<64 hex>` or `sha512:<128 hex>`; only parseDigest makes one, so it is safe in paths and URLs. */
export type Digest = string & { readonly [parsed]: true }

const grammar = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/

export function parseDigest(text: string): Digest | undefined {
  return grammar.test(text) ? (text as Digest) : undefined
}

/** The registered algorithm's name, as node:crypto knows it too. */
export const algorithmOf = (digest: Digest): 'sha256' | 'sha512' => (digest.startsWith('sha256') ? 'sha256' : 'sha512')
export const hexOf = (digest: Digest): string => digest.slice(7)
/** Enough of a digest for a person to tell it from others. */
export const shortDigest = (digest: Digest): string => digest.slice(0, 19)
