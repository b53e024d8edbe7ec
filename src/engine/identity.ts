// What tells one peer's task from another's, as the request says it. Pure.

import type { JobRequest } from '../model/job.ts'
import type { TaskIdentity } from '../model/driver.ts'

export const identityOf = (request: JobRequest): TaskIdentity => ({
  tag: request.tag,
  application: request.application,
  filteredQueryParams: request.filteredQueryParams,
  pieceLength: request.pieceLength,
})
