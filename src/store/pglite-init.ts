// A program of its own: makes a new PGlite directory and ends. `node pglite-init.ts <directory>`

import { PGlite } from '@electric-sql/pglite'

const [directory] = process.argv.slice(2)
if (directory === undefined) throw new Error('expected the directory to make')
const pglite = await PGlite.create({ dataDir: directory })
await pglite.close()
