// Which of an index's images are to be made present. Pure.

import { Failure } from '../model/failure.ts'
import { bestMatch, parsePlatform, printPlatform } from '../model/platform.ts'
import type { Entry } from './manifest.ts'
import type { Where } from './refusal.ts'

export interface PlatformPolicy {
  /** `os/arch[/variant]`, or `all`. */
  readonly platforms: readonly string[]
  /** The request asked for just these: one that is missing is a failure. Otherwise it is a wish. */
  readonly explicit: boolean
}

export interface Choice {
  readonly chosen: readonly Entry[]
  readonly warnings: readonly string[]
}

/** `images` are the entries of all indexes. Throws Failure registry.no-platform, or request.invalid. */
export function choose(images: readonly Entry[], policy: PlatformPolicy, where: Where): Choice {
  const runnable = images.filter((entry) => !entry.isCompanion)
  if (runnable.length === 0) throw new Failure('registry.no-platform', `${where.what} is an index without images.`)
  if (policy.platforms.includes('all')) return { chosen: runnable, warnings: [] }
  const matches = policy.platforms.map((platform) => ({ platform, entry: bestMatch(wanted(platform), runnable) }))
  const missing = matches.filter(({ entry }) => entry === undefined).map(({ platform }) => platform)
  if (policy.explicit && missing.length > 0) throw noPlatform(missing, runnable, where)
  const chosen = [...new Set(matches.flatMap(({ entry }) => entry ?? []))]
  if (chosen.length > 0) return { chosen, warnings: [] }
  const wish = policy.platforms.join(', ')
  return { chosen: runnable, warnings: [`The image has none of ${wish}: all of ${namesOf(runnable)} are taken.`] }
}

export function noPlatform(
  missing: readonly string[],
  there: readonly Pick<Entry, 'platform'>[],
  where: Where,
): Failure {
  return new Failure('registry.no-platform', `${where.what} has no ${missing.join(', ')}; it has ${namesOf(there)}.`)
}

export function wanted(text: string) {
  const platform = parsePlatform(text)
  if (platform !== undefined) return platform
  throw new Failure('request.invalid', `${JSON.stringify(text.slice(0, 100))} is no platform such as linux/arm64.`)
}

/** At most so many names in one sentence. */
const mostNames = 20

function namesOf(entries: readonly Pick<Entry, 'platform'>[]): string {
  const names = [...new Set(entries.map(({ platform }) => (platform === null ? 'unknown' : printPlatform(platform))))]
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : ''
  return `${names.slice(0, mostNames).join(', ')}${more}`
}
