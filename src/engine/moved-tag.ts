// Whether an image is still the one that its client had in mind. Pure.

import type { ImageName } from '../model/blob.ts'
import type { JobRequest } from '../model/job.ts'
import { printReference } from '../model/reference.ts'

/** A warning where the tag means something else by now, which is what was preheated. `image` is null for files. */
export function movedTag(request: JobRequest, image: ImageName | null): readonly string[] {
  if (request.type !== 'image' || image === null || request.expectedDigest === undefined) return []
  if (request.expectedDigest === image.digest) return []
  const name = printReference(request.reference)
  return [`${name} is ${image.digest} by now, and no longer ${request.expectedDigest}, which was expected.`]
}
