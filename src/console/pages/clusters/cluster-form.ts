// What stands in the form of a cluster, and what the service gets. Pure.

import type { Cluster, Schemas } from '../../api/types.ts'
import { wordsOf } from './drivers.ts'
import { isObject } from './setting-kinds.ts'

export interface ClusterForm {
  readonly name: string
  readonly bio: string
  readonly driver: string
  /** With commas or spaces between them. */
  readonly platforms: string
  readonly isDefault: boolean
  /** As typed, by the key of the setting; `more` is the rest in JSON. */
  readonly settings: Readonly<Record<string, string>>
}

/** By place: `name`, `settings.peers`, `settings.more`; '' for the form as a whole. */
export type Faults = ReadonlyMap<string, string>

export class FormFault extends Error {
  readonly faults: Faults
  constructor(faults: Faults) {
    super([...faults.values()].join(' '))
    this.faults = faults
  }
}

export const emptyForm = (driver: string): ClusterForm => ({
  name: '',
  bio: '',
  driver,
  platforms: '',
  isDefault: false,
  settings: {},
})

export const formOf = ({ name, bio, driver, platforms, is_default: isDefault, settings }: Cluster): ClusterForm => ({
  name,
  bio,
  driver,
  platforms: platforms.join(', '),
  isDefault,
  settings: typedSettings(driver, settings),
})

/** What the fields of the driver can say stands in them, and the rest in `more`: nothing is lost. */
function typedSettings(driver: string, settings: Readonly<Record<string, unknown>>) {
  const typed: Record<string, string> = {}
  const rest = { ...settings }
  for (const { key, kind, choices } of wordsOf(driver).fields) {
    const value = rest[key]
    const printed = kind.print(value)
    if (printed === undefined || choices?.includes(printed) === false) continue
    typed[key] = printed
    delete rest[key]
  }
  const more = Object.entries(rest).filter(([, value]) => value !== null)
  return more.length === 0 ? typed : { ...typed, more: JSON.stringify(Object.fromEntries(more), null, 2) }
}

/** Throws FormFault. */
export const creationOf = (form: ClusterForm): Schemas['CreateCluster'] => ({
  name: form.name.trim(),
  bio: form.bio,
  driver: form.driver,
  platforms: platformsOf(form.platforms),
  is_default: form.isDefault,
  settings: settingsOf(form),
})

/** Only what is another now, so that a form that was open for long takes back nothing. Throws FormFault. */
export function changeOf(form: ClusterForm, before: ClusterForm): Schemas['ChangeCluster'] {
  const { name, bio, platforms, isDefault, settings } = form
  return {
    ...(name.trim() !== before.name && { name: name.trim() }),
    ...(bio !== before.bio && { bio }),
    ...(platforms !== before.platforms && { platforms: platformsOf(platforms) }),
    ...(isDefault !== before.isDefault && { is_default: isDefault }),
    ...(settings !== before.settings && { settings: settingsOf(form) }),
  }
}

const platformsOf = (typed: string): string[] => typed.split(/[\s,]+/).filter((platform) => platform !== '')

function settingsOf({ driver, settings: typed }: ClusterForm): Record<string, unknown> {
  const { fields } = wordsOf(driver)
  const faults = new Map<string, string>()
  const attempt = <T>(place: string, read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      faults.set(`settings.${place}`, error.message)
      return undefined
    }
  }
  const said = fields.map(({ key, kind }) => [key, attempt(key, () => kind.read(typed[key] ?? ''))] as const)
  const own = Object.fromEntries(said.filter(([, value]) => value !== undefined))
  const more = attempt('more', () => moreOf(typed['more'] ?? '', Object.keys(own)))
  if (faults.size > 0) throw new FormFault(faults)
  return { ...own, ...more }
}

function moreOf(typed: string, taken: readonly string[]): Readonly<Record<string, unknown>> {
  if (typed.trim() === '') return {}
  const read = parsed(typed)
  if (!isObject(read)) throw new RangeError('Expected a JSON object, such as { "tag": "nightly" }.')
  const twice = Object.keys(read).find((key) => taken.includes(key))
  if (twice !== undefined) throw new RangeError(`"${twice}" stands in a field above already.`)
  return read
}

function parsed(typed: string): unknown {
  try {
    return JSON.parse(typed) as unknown
  } catch (error) {
    const why = error instanceof Error ? error.message : ''
    throw new RangeError(`This is not JSON: ${why}.`, { cause: error })
  }
}

/** Where in the form what the service says of a field is shown. */
export function placeOf(field: string, driver: string): string {
  const [first = '', key] = field.split('.')
  if (['name', 'bio', 'driver', 'platforms'].includes(first)) return first
  if (first !== 'settings' || key === undefined) return ''
  return wordsOf(driver).fields.some((each) => each.key === key) ? `settings.${key}` : 'settings.more'
}
