// Says of a refusal which field it is about. Pure.

import { Failure } from '../../model/failure.ts'

/** What `parse` returns; a Failure of it becomes one about `field`, the path as the client wrote it. */
export function atField<T>(field: string, parse: () => T): T {
  try {
    return parse()
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
    throw new Failure(thrown.code, thrown.message, { facts: thrown.facts, cause: thrown, field })
  }
}
