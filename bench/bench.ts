// Measures what the service promises, each figure beside its reference in the same run: `npm run bench`.

import { measureCalls, measureStarts } from './calls.ts'
import { measureConsoleMap } from './console-map.ts'
import { measureHarbor } from './harbor.ts'
import { measureScale } from './scale.ts'
import { holds, render, type Figure } from './table.ts'
import { measureSettling, measureWarming } from './warming.ts'

const figures: Figure[] = []
for (const measure of [
  measureCalls,
  measureStarts,
  measureHarbor,
  measureSettling,
  measureWarming,
  measureScale,
  measureConsoleMap,
])
  figures.push(...(await measure()))
console.log(render(figures))
process.exitCode = figures.every(holds) ? 0 : 1
