// What a person should know before a job: where its blobs would not be those that nodes pull. Pure.

import type { BlobContext } from '../../model/driver.ts'
import type { DragonflySettings } from './settings.ts'
import type { Naming } from './task-id.ts'

/** `naming`: undefined where it is yet to be learned. */
export function foreseen(
  { image, identity }: BlobContext,
  naming: Naming | undefined,
  settings: DragonflySettings,
): readonly string[] {
  if (naming?.byDigest === true) return []
  const when = naming === undefined ? 'Where the peers name blobs by their address, pulls' : 'Pulls'
  const { pulls, registryUrls } = settings
  const warnings: string[] = []
  const differs = (key: string, asked: string, usual: string) =>
    warnings.push(`${when} would miss what is warmed: the request says ${key} ${asked}, nodes ${usual}.`)
  if (identity.tag !== '' && identity.tag !== pulls.tag) differs('tag', quoted(identity.tag), said(pulls.tag))
  if (identity.application !== '' && identity.application !== pulls.application)
    differs('application', quoted(identity.application), said(pulls.application))
  if (identity.pieceLength !== null && identity.pieceLength !== pulls.pieceLength)
    differs('piece_length', String(identity.pieceLength), pulls.pieceLength === null ? 'none' : `${pulls.pieceLength}`)
  if (image !== null && !registryUrls.has(image.namespace)) {
    const how = `set registry_urls for ${image.namespace} where their hosts.toml spells it in another way than its address`
    warnings.push(`${when} match only if nodes spell the registry alike: ${how}.`)
  }
  return warnings
}

const quoted = (text: string): string => JSON.stringify(text.slice(0, 100))
const said = (text: string): string => (text === '' ? 'none' : quoted(text))
