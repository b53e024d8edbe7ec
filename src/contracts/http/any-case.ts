// Fields of JSON objects whose names are matched without regard to case, as Go's decoders match them. Pure.

/**
 * The fields by their names in lower case; of two that differ in case only, the later one counts. undefined: the value
 * is no object.
 */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name.toLowerCase(), field as unknown]))
}
