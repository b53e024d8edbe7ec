// Sizes, ages and rates as people read them. Pure.

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** `1536` is `1.5 KiB`. */
export function bytes(count: number): string {
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(count) / 10))
  const value = count / 1024 ** power
  const digits = power === 0 || value >= 100 ? 0 : 1
  return `${value.toFixed(digits)} ${units[power]}`
}

export const bytesOrNone = (count: number | null): string => (count === null ? '–' : bytes(count))

export const rate = (bytesPerSecond: number): string => `${bytes(bytesPerSecond)}/s`

/** The API has its durations in nanoseconds. */
export const nanosecondsPerMs = 1_000_000

/** `93_000` is `1 min 33 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1000)
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return joined(minutes, 'min', seconds % 60, 's')
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? joined(hours, 'h', minutes % 60, 'min') : joined(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

const joined = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`

/** How long ago, coarsely. */
export function ago(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 10) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ago`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} d ago`
}

/** `sha256:9f86d081884c`. */
export const shortDigest = (digest: string): string => digest.replace(/^(\w+:[0-9a-f]{12})[0-9a-f]+$/, '$1')

/** `1 layer`, `2 layers`. */
export const count = (many: number, one: string, more = `${one}s`): string =>
  `${many.toLocaleString('en')} ${many === 1 ? one : more}`
