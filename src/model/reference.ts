// Image names: parsed once, at the door. Grammar: distribution-spec v1.1, "Pulling manifests", and docker's short names.

import { redactText, redactUrl } from '../kit/redact.ts'
import { parseDigest, type Digest } from './digest.ts'
import { Failure } from './failure.ts'

declare const parsed: unique symbol

/** Only parseReference makes one, so its parts are safe in paths and URLs. */
export interface ImageReference {
  /** null where the name says none: the registry's settings decide then. */
  readonly scheme: 'https' | 'http' | null
  /** Host and port that is asked: `registry-1.docker.io` for docker.io. */
  readonly host: string
  /** What nodes call the registry: `docker.io`, otherwise the same as host. */
  readonly namespace: string
  /** A path before `/v2/`, such as `/artifactory`; usually empty. Begins with a slash and does not end with one. */
  readonly prefix: string
  readonly repository: string
  readonly tag: string | null
  readonly digest: Digest | null
  readonly [parsed]: true
}

/** The tag that is meant where a name gives neither tag nor digest. */
const usualTag = 'latest'
const dockerHub = { namespace: 'docker.io', host: 'registry-1.docker.io' } as const
const dockerHubNames: readonly string[] = [dockerHub.namespace, 'index.docker.io', dockerHub.host]

const lengths = { text: 2048, repository: 255 } as const
const repositoryGrammar = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
const tagGrammar = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/
const domainGrammar = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/
const hostGrammar = /^(?<name>\[[0-9A-Fa-f:.]+\]|[^:[\]]+)(?::(?<port>\d{1,5}))?$/
const prefixGrammar = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$/

/**
 * Reads `host[:port]/name:tag`, `name@sha256:…`, docker's short names, `https://host/name:tag`, and a manifest's URL
 * with any path before `/v2/`. Throws Failure `reference.invalid`.
 */
export function parseReference(text: string): ImageReference {
  if (text.length > lengths.text) throw invalid(text, `is longer than ${lengths.text} characters`)
  if (!/^[\x21-\x7e]+$/.test(text)) throw invalid(text, 'is empty or has a space or a control character in it')
  const url = /^(https?):\/\/([^/?#]*)\/([^?#]*)(\?[^#]*)?(#.*)?$/i.exec(text)
  if (url === null) return parseName(text)
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] = url
  if (authority.includes('@')) throw invalid(text, 'carries a user name, which belongs in the field username')
  if (fragment !== '' || !/^(?:\?(?:ns=[^&]*)?)?$/.test(query)) throw invalid(text, 'has a query or a fragment')
  const from = { text, scheme: scheme.toLowerCase() === 'http' ? ('http' as const) : ('https' as const) }
  const host = hostOf(authority, text)
  return parseManifestPath(`/${path}`, host, from) ?? parseRest(path, host, from)
}

interface From {
  readonly text: string
  readonly scheme: 'https' | 'http' | null
}

/** A name without a scheme. What stands before the first slash is a host only if no repository can look like it. */
function parseName(text: string): ImageReference {
  const from: From = { text, scheme: null }
  if (text.includes('://')) throw invalid(text, 'has a scheme other than http and https')
  const slash = text.indexOf('/')
  const first = slash < 0 ? '' : text.slice(0, slash)
  const isHost = /[.:[A-Z]/.test(first) || first === 'localhost'
  return isHost ? parseRest(text.slice(slash + 1), hostOf(first, text), from) : parseRest(text, dockerHub.host, from)
}

/** `name[:tag][@digest]` */
function parseRest(rest: string, host: string, from: From): ImageReference {
  const [name = '', digestText, more] = rest.split('@')
  if (more !== undefined) throw invalid(from.text, 'has more than one @')
  const colon = name.indexOf(':')
  const repository = colon < 0 ? name : name.slice(0, colon)
  const tag = colon < 0 ? null : tagOf(name.slice(colon + 1), from.text)
  const digest = digestText === undefined ? null : digestOf(digestText, from.text)
  const at = { tag: tag ?? (digest === null ? usualTag : null), digest }
  return assemble({ ...from, host, prefix: '', repository }, at)
}

/**
 * `[/prefix]/v2/<name>/manifests/<tag or digest>`. A name may have `v2` among its parts and a prefix hardly ever does,
 * so the first `/v2/` is the registry's. undefined: the path is not of this form.
 */
function parseManifestPath(path: string, host: string, from: From): ImageReference | undefined {
  const begin = path.indexOf('/v2/')
  const end = path.lastIndexOf('/manifests/')
  if (begin < 0 || end < begin + '/v2/'.length) {
    if (begin === 0) throw invalid(from.text, 'is an address below /v2/ but not that of a manifest')
    return undefined
  }
  const prefix = path.slice(0, begin)
  if (!prefixGrammar.test(prefix)) throw invalid(from.text, 'has a path before /v2/ that is not plain')
  const repository = path.slice(begin + '/v2/'.length, end)
  const name = path.slice(end + '/manifests/'.length)
  const at = name.includes(':')
    ? { tag: null, digest: digestOf(name, from.text) }
    : { tag: tagOf(name, from.text), digest: null }
  return assemble({ ...from, host, prefix, repository }, at)
}

function assemble(
  named: From & { readonly host: string; readonly prefix: string; readonly repository: string },
  at: { readonly tag: string | null; readonly digest: Digest | null },
): ImageReference {
  const { text, scheme, host, prefix } = named
  const onHub = host === dockerHub.host
  const repository = onHub && !named.repository.includes('/') ? `library/${named.repository}` : named.repository
  if (repository.length > lengths.repository || !repositoryGrammar.test(repository)) {
    throw invalid(text, `has no valid repository name of at most ${lengths.repository} lower-case characters`)
  }
  const namespace = onHub ? dockerHub.namespace : host
  return { scheme, host, namespace, prefix, repository, ...at } as ImageReference
}

function tagOf(text: string, whole: string): string {
  if (tagGrammar.test(text)) return text
  throw invalid(whole, 'has a tag that is not 1 to 128 of letters, digits, dot, dash and underscore')
}

function digestOf(text: string, whole: string): Digest {
  const digest = parseDigest(text)
  if (digest !== undefined) return digest
  throw invalid(whole, 'has a digest that is not sha256:<64 hex> or sha512:<128 hex>')
}

/**
 * Host and port in the one spelling that everything after this sees. Odd spellings of an IPv4 address, such as
 * `0x7f.1`, become the address that a connection would really go to.
 */
function hostOf(text: string, whole: string): string {
  const { name = '', port } = hostGrammar.exec(text)?.groups ?? {}
  const wellFormed = name.startsWith('[') || (name.length <= lengths.repository && domainGrammar.test(name))
  const portFits = port === undefined || (Number(port) >= 1 && Number(port) <= 65_535)
  if (!wellFormed || !portFits || !URL.canParse(`http://${name}`)) throw invalid(whole, 'has no valid host and port')
  const { hostname } = new URL(`http://${name}`)
  if (dockerHubNames.includes(hostname) && port === undefined) return dockerHub.host
  return port === undefined ? hostname : `${hostname}:${Number(port)}`
}

/** The text is quoted as far as a person needs it; it may come from anywhere. */
function invalid(text: string, why: string): Failure {
  const quoted = redactUrl(text) === '***' ? redactText(text) : redactUrl(text)
  return new Failure('reference.invalid', `The image reference ${JSON.stringify(quoted.slice(0, 200))} ${why}.`)
}

/** In words that parseReference reads as the same reference. */
export function printReference(reference: ImageReference): string {
  const { scheme, host, namespace, prefix, repository, tag, digest } = reference
  const needsPath = prefix !== '' || (scheme !== null && repository.startsWith('v2/'))
  if (needsPath) return `${scheme ?? 'https'}://${host}${prefix}/v2/${repository}/manifests/${digest ?? tag ?? ''}`
  const name = `${namespace}/${repository}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`
  return scheme === null ? name : `${scheme}://${name}`
}
