// What several benches measure.

import { readFile } from 'node:fs/promises'

/** MiB that the process had resident at most. Linux only. */
export async function peakMemory(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024
}

export function percentile(runs: readonly number[], percent: number): number {
  const sorted = runs.toSorted((a, b) => a - b)
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN
}
