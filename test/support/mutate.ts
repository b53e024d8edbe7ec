// Loaded before a test (node --import): one place of one source file reads otherwise than it is written.

import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

interface Planted {
  readonly path: string
  readonly find: string
  readonly replace: string
}

const { path, find, replace } = JSON.parse(process.env['WARMFRONT_TEST_PLANTED'] ?? '{}') as Planted
const target = pathToFileURL(path).href

registerHooks({
  load(url, context, nextLoad) {
    if (url !== target) return nextLoad(url, context)
    const source = readFileSync(path, 'utf8').replace(find, () => replace)
    return { format: 'module-typescript', source, shortCircuit: true }
  },
})
