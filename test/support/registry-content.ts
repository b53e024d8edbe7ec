// What the test registry answers, as data: the right answer, and what a fault makes of it.

/** What goes wrong, where, and how often. Of several that fit, the first one given is used. */
export interface Fault {
  readonly method?: string
  /** The whole path, or a pattern for it. */
  readonly path: string | RegExp
  /** How often it happens; default: always. */
  readonly times?: number
  /** Nothing is answered before this settles. */
  readonly held?: Promise<unknown>
  readonly status?: number
  /** null leaves a header out. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | null>>
  /** Sent instead of what would be right. */
  readonly body?: string | Uint8Array
  readonly ignoreRange?: boolean
  /** The connection is cut after so many bytes of the body. */
  readonly cutAfter?: number
  /** The body stops after so many bytes until the promise settles. */
  readonly stallAfter?: { readonly bytes: number; readonly until: Promise<unknown> }
}

export interface Content {
  readonly status: number
  readonly headers: Record<string, string | readonly string[] | null>
  readonly body: Uint8Array
  readonly ranges: boolean
}

export const found = (body: Uint8Array, headers: Content['headers']): Content => ({
  status: 200,
  headers,
  body,
  ranges: true,
})

export function json(status: number, value: unknown): Content {
  const headers = { 'content-type': 'application/json' }
  return { status, headers, body: Buffer.from(JSON.stringify(value)), ranges: false }
}

export const refusal = (status: number, code: string, message: string): Content =>
  json(status, { errors: [{ code, message, detail: null }] })

export function faulty(content: Content, fault: Partial<Fault>): Content {
  const changed = fault.status !== undefined && fault.body === undefined && fault.status !== content.status
  return {
    status: fault.status ?? content.status,
    headers: { ...content.headers, ...fault.headers },
    body: fault.body === undefined ? (changed ? new Uint8Array() : content.body) : Buffer.from(fault.body),
    ranges: content.ranges && fault.status === undefined,
  }
}

/** `bytes=N-` and `bytes=N-M` as RFC 9110 section 14 has them; anything else is ignored. */
export function ranged(content: Content, range: string | undefined): Content {
  const { groups } = /^bytes=(?<from>\d+)-(?<to>\d*)$/.exec(range ?? '') ?? {}
  if (content.status !== 200 || groups === undefined) {
    return { ...content, headers: { ...(content.ranges ? { 'accept-ranges': 'bytes' } : {}), ...content.headers } }
  }
  const size = content.body.length
  const from = Number(groups['from'])
  const to = Math.min(groups['to'] === '' ? size - 1 : Number(groups['to']), size - 1)
  if (from > to) {
    return { status: 416, headers: { 'content-range': `bytes */${size}` }, body: new Uint8Array(), ranges: false }
  }
  const headers = { ...content.headers, 'content-range': `bytes ${from}-${to}/${size}` }
  return { status: 206, headers, body: content.body.subarray(from, to + 1), ranges: true }
}
