// What the service says when it does not do what was asked.

interface Facts {
  readonly status?: number
  readonly code?: string
  /** By the path of the field, such as `args.url`. */
  readonly fields?: ReadonlyMap<string, string>
  readonly cause?: unknown
}

/** `message` is for people: what happened and what to do. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  /** Of HTTP; 0 where there was no answer. */
  readonly status: number
  /** As in docs/failures.md; '' where there was no answer. */
  readonly code: string
  readonly fields: ReadonlyMap<string, string>

  constructor(message: string, { status = 0, code = '', fields = new Map(), cause }: Facts = {}) {
    super(message, { cause })
    this.status = status
    this.code = code
    this.fields = fields
  }
}

/** `body` where it was read already. Something between here and the service may have answered in its stead. */
export async function toFailure(response: Response, body?: unknown): Promise<ApiFailure> {
  const read: unknown = body ?? (await response.json().catch(() => undefined))
  const { message, code, fields } = asObject(read)
  const list = Array.isArray(fields) ? fields.map(asObject) : []
  return new ApiFailure(typeof message === 'string' ? message : `The answer was ${response.status}.`, {
    status: response.status,
    code: typeof code === 'string' ? code : '',
    fields: new Map(list.map((each) => [String(each['field']), String(each['message'])])),
  })
}

const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
