// The credentials in docker's config.json (`auths`), by exactly the registry that they are for.
// Source: docker/cli, cli/config/types/authconfig.go; Docker Hub's entry is https://index.docker.io/v1/.

import { Secret } from '../kit/secret.ts'
import { credential, userAndPassword, type Identity } from './credentials.ts'
import { asFields, parseObject, type Fields } from './json.ts'

/** Follows the file: `text` gives what it holds by now. */
export class DockerAuths {
  readonly #text: () => string
  #read = ''
  #byHost: ReadonlyMap<string, Identity> = new Map()

  constructor(text: () => string) {
    this.#text = text
  }

  /** Of the first of these hosts (with its port, if it has one) that has an entry. */
  of(...hosts: readonly string[]): Identity | undefined {
    const text = this.#text()
    if (text !== this.#read) {
      this.#byHost = parseDockerAuths(text)
      this.#read = text
    }
    return hosts.map((host) => this.#byHost.get(host)).find((found) => found !== undefined)
  }
}

const hubNames = ['index.docker.io', 'registry-1.docker.io']

export function parseDockerAuths(text: string): ReadonlyMap<string, Identity> {
  const auths = asFields(parseObject(Buffer.from(text))?.['auths'])
  const found = Object.entries(auths).flatMap(([key, value]) => {
    const host = hostOf(key)
    const identity = identityOf(asFields(value))
    return host === undefined || identity === undefined ? [] : [[host, identity] as const]
  })
  return new Map(found)
}

/** `host[:port]`, with a scheme and `/v1/` or `/v2/` around it. One with another path is for a part of a registry only. */
function hostOf(key: string): string | undefined {
  const host = /^(?:https?:\/\/)?([^/]+)(?:\/(?:v[12]\/?)?)?$/.exec(key)?.[1]?.toLowerCase()
  return host !== undefined && hubNames.includes(host) ? 'docker.io' : host
}

const called = "the credential in docker's config"

function identityOf({ auth, username, password, identitytoken, registrytoken }: Fields): Identity | undefined {
  if (isText(registrytoken)) return { by: 'header', called, authorization: `Bearer ${registrytoken}` }
  const named = isText(username) && isText(password) ? credential(username, new Secret(password)) : undefined
  const inside = named ?? (isText(auth) ? userAndPassword(auth) : undefined)
  if (isText(identitytoken)) {
    const token = { username: inside?.username ?? '', password: new Secret(identitytoken), isIdentityToken: true }
    return { by: 'credential', called, credential: token }
  }
  return inside === undefined ? undefined : { by: 'credential', called, credential: inside }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
