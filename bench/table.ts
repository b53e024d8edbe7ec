// Figures as a table: medians, ranges, ratios to a reference of the same run, and the limits they are held to.

export interface Figure {
  readonly name: string
  readonly unit: string
  readonly runs: readonly number[]
  /** Measured in the same run, each beside the run of the same place. */
  readonly reference?: { readonly name: string; readonly runs: readonly number[] }
  /** What the figure, or its ratio to the reference, must stay below. */
  readonly limit?: { readonly of: 'figure' | 'ratio'; readonly most: number }
}

function median(runs: readonly number[]): number {
  const sorted = runs.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}

const ratiosOf = ({ runs, reference }: Figure): readonly number[] =>
  runs.flatMap((run, n) => {
    const beside = reference?.runs[n]
    return beside === undefined ? [] : [run / beside]
  })

export function holds(figure: Figure): boolean {
  if (figure.limit === undefined) return true
  const of = figure.limit.of === 'ratio' ? ratiosOf(figure) : figure.runs
  return median(of) <= figure.limit.most
}

const short = (n: number): string => (n >= 100 ? n.toFixed(0) : n >= 10 ? n.toFixed(1) : n.toFixed(2))
const spread = (runs: readonly number[]): string =>
  runs.length === 0 ? '' : `${short(median(runs))} (${short(Math.min(...runs))}–${short(Math.max(...runs))})`

export function render(figures: readonly Figure[]): string {
  const head = ['figure', 'unit', 'median (range)', 'reference', 'median (range)', 'ratio (range)', 'limit', '']
  const rows = figures.map((figure) => [
    figure.name,
    figure.unit,
    spread(figure.runs),
    figure.reference?.name ?? '',
    spread(figure.reference?.runs ?? []),
    spread(ratiosOf(figure)),
    figure.limit === undefined ? '' : `${figure.limit.of} ≤ ${figure.limit.most}`,
    figure.limit === undefined ? '' : holds(figure) ? 'held' : 'NOT HELD',
  ])
  const widths = head.map((title, n) => Math.max(title.length, ...rows.map((row) => row[n]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, n) => cell.padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd()
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n')
}
