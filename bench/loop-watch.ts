// Loaded before the service (node --import): says on SIGUSR2 how long its event loop was kept at most since the last time.

import { appendFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

const file = process.env['BENCH_LOOP_FILE'] ?? ''
/** How often it looks: the loop was kept so much shorter than what is seen. */
const resolution = 5
const delay = monitorEventLoopDelay({ resolution })
delay.enable()
process.on('SIGUSR2', () => {
  appendFileSync(file, `${Math.max(0, delay.max / 1e6 - resolution)}\n`)
  delay.reset()
})
