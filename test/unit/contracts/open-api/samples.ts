// A job for the tests of what the Open API makes of one.

import { toPreheat, type Circumstances } from '../../../../src/contracts/open-api/submission.ts'
import type { Args } from '../../../../src/contracts/open-api/wire.ts'
import type { Job } from '../../../../src/model/job.ts'
import { queuedJob } from '../../../support/requests.ts'

export const args: Args = { type: 'image', url: 'https://registry.example.com/v2/library/app/manifests/1.0' }
export const circumstances: Circumstances = { userId: 7, requestedBy: 'ci', boundTo: [], usualTimeoutMs: 60_000 }

export const jobOf = (given: Partial<Job> = {}): Job =>
  queuedJob(toPreheat({ type: 'preheat', args }, circumstances).request, given)
