// What is wrong with the form, before it is sent and by the service's answer, and where. Pure.

import { isHidden, taken, timeUnits, type Field, type Faults, type PreheatForm, type TextName } from './form.ts'
import { filledHeaders, filledUrls } from './to-job.ts'

interface Bounds {
  readonly least: number
  readonly most: number
  /** Of the piece length and the time, parts are possible. */
  readonly parts?: true
}

/** As the document of the Open API has them. */
export const bounds = {
  count: { least: 1, most: 200 },
  percentage: { least: 1, most: 100 },
  pieceLength: { least: 4, most: 64, parts: true },
  successPercentage: { least: 1, most: 100 },
  blobsAtOnce: { least: 1, most: 100 },
  peersAtOnce: { least: 1, most: 1000 },
} as const satisfies Partial<Record<TextName, Bounds>>

export type NumberName = keyof typeof bounds

/** What cannot be sent, or is known to be refused. All else is for the service to judge. */
export function faultsOf(form: PreheatForm): Faults {
  const faults = new Map<Field, string>(addressFaults(form))
  if (taken(form.clusters).some((id) => !/^[1-9]\d{0,14}$/.test(id))) {
    faults.set('clusters', 'An id of a cluster is a whole number from 1.')
  }
  for (const name of numbersOf(form)) {
    const fault = numberFault(form[name], bounds[name])
    if (fault !== undefined) faults.set(name, fault)
  }
  if (form.choice === 'count' && form.count.trim() === '') faults.set('count', 'Say how many peers.')
  if (form.choice === 'percentage' && form.percentage.trim() === '') faults.set('percentage', 'Say how many per cent.')
  if (form.choice === 'ips' && taken(form.ips).length === 0) faults.set('ips', 'Name at least one IP.')
  const seconds = Number(form.timeout) * timeUnits[form.timeoutUnit]
  if (form.timeout.trim() !== '' && !(seconds >= 1)) faults.set('timeout', 'A number; one second at least.')
  for (const [field, fault] of headerFaults(form)) faults.set(field, fault)
  return faults
}

const numbersOf = ({ choice }: PreheatForm): readonly NumberName[] => [
  ...(choice === 'count' || choice === 'percentage' ? [choice] : []),
  'pieceLength',
  'successPercentage',
  'blobsAtOnce',
  'peersAtOnce',
]

function numberFault(text: string, { least, most, parts }: Bounds): string | undefined {
  if (text.trim() === '') return undefined
  const value = Number(text)
  if (value >= least && value <= most && (parts === true || Number.isInteger(value))) return undefined
  return `A ${parts === true ? '' : 'whole '}number from ${least} to ${most}.`
}

function addressFaults(form: PreheatForm): readonly (readonly [Field, string])[] {
  if (form.type === 'image') {
    if (form.url.trim() === '') return [['url', 'Say which image.']]
    return isHidden(form.url) ? [['url', hiddenPart]] : []
  }
  const [first] = form.urls
  if (filledUrls(form).length === 0) return [[first === undefined ? 'urls' : `url.${first.key}`, 'Say which file.']]
  return form.urls.filter(({ text }) => isHidden(text)).map(({ key }) => [`url.${key}`, hiddenPart])
}

const hiddenPart = 'A part of it was hidden (***); type the whole address again.'

function headerFaults(form: PreheatForm): readonly (readonly [Field, string])[] {
  const names = new Set<string>()
  return filledHeaders(form).flatMap(({ key, name, value }): readonly (readonly [Field, string])[] => {
    const known = name.trim().toLowerCase()
    const again = names.has(known)
    names.add(known)
    if (known === '') return [[`header.${key}`, 'It has no name.']]
    if (again) return [[`header.${key}`, 'This header is there already.']]
    return value === '' ? [[`header.${key}`, 'It has no value.']] : []
  })
}

const plainPaths: ReadonlyMap<string, Field> = new Map(
  Object.entries<Field>({
    bio: 'bio',
    scheduler_cluster_ids: 'clusters',
    'args.urls': 'urls',
    'args.platform': 'platform',
    'args.scope': 'scope',
    'args.ips': 'ips',
    'args.count': 'count',
    'args.percentage': 'percentage',
    'args.success_percentage': 'successPercentage',
    'args.username': 'username',
    'args.password': 'password',
    'args.piece_length': 'pieceLength',
    'args.concurrent_task_count': 'blobsAtOnce',
    'args.concurrent_peer_count': 'peersAtOnce',
    'args.timeout': 'timeout',
    'args.tag': 'tag',
    'args.application': 'application',
    'args.filtered_query_params': 'filter',
    'args.headers': 'headers',
  }),
)

/** The field of the form that the service means by a path, such as `args.urls.2`; undefined where there is none. */
export function fieldOf(form: PreheatForm, path: string): Field | undefined {
  if (path === 'args.url') return form.type === 'image' ? 'url' : 'urls'
  const [, place] = /^args\.urls\.(\d+)$/.exec(path) ?? []
  if (place !== undefined) {
    const row = filledUrls(form)[Number(place)]
    return row === undefined ? 'urls' : `url.${row.key}`
  }
  const [, header] = /^args\.headers\.(.+)$/.exec(path) ?? []
  if (header !== undefined) {
    const row = filledHeaders(form).find(({ name }) => name.trim() === header)
    return row === undefined ? 'headers' : `header.${row.key}`
  }
  return plainPaths.get(path) ?? plainPaths.get(path.replace(/\.\d+$/, ''))
}

/** Each of the service's messages at its field; `elsewhere` are those without one. */
export function placed(
  form: PreheatForm,
  messages: ReadonlyMap<string, string>,
): { readonly faults: Faults; readonly elsewhere: readonly string[] } {
  const faults = new Map<Field, string>()
  const elsewhere: string[] = []
  for (const [path, message] of messages) {
    const field = fieldOf(form, path)
    if (field === undefined) elsewhere.push(message)
    else faults.set(field, message)
  }
  return { faults, elsewhere }
}

const optional: readonly Field[] = [
  'pieceLength',
  'successPercentage',
  'blobsAtOnce',
  'peersAtOnce',
  'timeout',
  'tag',
  'application',
  'filter',
  'headers',
]

/** The part "Options" holds it. */
export const isOption = (field: Field): boolean => optional.includes(field) || field.startsWith('header.')

/** How many of the options are set. */
export function optionsSet(form: PreheatForm): number {
  const texts = [
    form.pieceLength,
    form.successPercentage,
    form.blobsAtOnce,
    form.peersAtOnce,
    form.timeout,
    form.tag,
    form.application,
  ]
  const filled = texts.filter((text) => text.trim() !== '').length
  return filled + (taken(form.filter).length > 0 ? 1 : 0) + (filledHeaders(form).length > 0 ? 1 : 0)
}
