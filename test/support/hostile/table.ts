// The table of hostile registries, by idea.

import { addresses } from './addresses.ts'
import { authentication } from './authentication.ts'
import { blobLines } from './blobs.ts'
import { grammar } from './grammar.ts'
import { indexLines } from './indexes.ts'
import { manifests } from './manifests.ts'
import { names } from './names.ts'
import { redirects } from './redirects.ts'
import type { Line } from './stage.ts'
import { texts } from './texts.ts'
import { transport } from './transport.ts'

export const groups: Readonly<Record<string, readonly Line[]>> = {
  addresses,
  names,
  redirects,
  transport,
  grammar,
  manifests,
  indexes: indexLines,
  blobs: blobLines,
  authentication,
  texts,
}
