// What an answer asks us to wait, as a time.

/** What another side may ask us to wait. A job ends sooner, and is told so. */
const longestRetryAfterMs = 3_600_000

/** Milliseconds, from seconds or a date (RFC 9110 section 10.2.3); undefined for neither. `nowMs` is for the date. */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined
  const isDate = /^[A-Z][a-z]{2}/.test(text)
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : isDate ? Date.parse(text) - nowMs : Number.NaN
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), longestRetryAfterMs)
}
