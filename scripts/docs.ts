// Writes what is generated from tables and from the documents of the contracts: `npm run docs`. A test fails when one is stale.

import { readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'
import { parse } from 'yaml'
import { environmentName, settings, type Setting } from '../src/config/settings.ts'
import { failureCodes, failureKind, type Side } from '../src/model/failure.ts'
import { bundle, type OpenApiDocument } from './bundle.ts'

const generated = '<!-- Written by "npm run docs" from the table in the code. -->'

export function renderSettings(): string {
  const rows = Object.entries<Setting<unknown>>(settings).map(([name, row]) => {
    const fallback = row.fallback === null ? 'not set' : row.fallback === '' ? 'none' : `\`${row.fallback}\``
    const names = [environmentName(name), ...(row.alias === undefined ? [] : [row.alias])]
    const about = row.secret === true ? `${row.about} Never printed.` : row.about
    const type = row.type.replaceAll('|', '\\|')
    return `| \`${name}\` | ${names.map((variable) => `\`${variable}\``).join(', ')} | ${type} | ${fallback} | ${about} |`
  })
  return [
    '# Settings',
    '',
    generated,
    '',
    'From `warmfront.yaml` in the working directory (`WARMFRONT_CONFIG` names another file) and from the environment, which',
    'wins. All mistakes are reported at once, and the service does not start with one.',
    '',
    '| in the file | in the environment | type | default | what it is |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    '## In the file only',
    '',
    'Certificates, keys, `password_file` and `docker_config` may be renewed under a running service: a change of such a file',
    'counts within about a second. Where the file is gone or no longer right, the log says so once, and what it said before',
    'stays in use.',
    '',
    '```yaml',
    "# TLS towards all registries, in the form of Dragonfly's manager.yaml.",
    'job:',
    '  preheat:',
    '    tls:',
    '      caCert: /etc/certs/ca.crt # authorities trusted beside the usual ones: a path, or the PEM text itself',
    '      insecureSkipVerify: false # true: any certificate will do, and every job says so',
    '',
    '# The peers of a fleet, a list of clusters; docs/peers.md has all keys.',
    'clusters:',
    '  - name: fleet',
    '    driver: dragonfly # or registry-mirror, http-proxy, local',
    '    schedulers: [scheduler.example.com:8002]',
    '    platforms: [linux/amd64] # what its nodes run; left out, what the registry or the service says',
    '    tls: # there where TLS is to be spoken to the peers, {} included; as for registries below',
    '      ca_cert: /etc/certs/peers.crt',
    '      client_cert: /etc/certs/warmfront.crt',
    '      client_key: /etc/certs/warmfront.key',
    '',
    '# What is known of one registry, by its host and port. Every key may be left out.',
    'registries:',
    '  registry.example.com:5000:',
    '    # Who we are there when a request does not say. Without these docker_config is asked, and without that we are nobody.',
    "    username: 'robot$puller'",
    '    password: a-secret',
    '    # Instead of password: a file that holds it. One newline at its end does not count.',
    '    # password_file: /run/secrets/puller',
    '',
    '    ca_cert: /etc/certs/example-ca.crt # instead of the caCert above: a path, or the PEM text itself',
    '    insecure_skip_verify: false # true: any certificate of this registry will do, and its jobs say so',
    '    # For a registry that asks for a certificate of ours (mutual TLS): both, each a path, or the PEM text itself.',
    '    client_cert: /etc/certs/warmfront.crt',
    '    client_key: /etc/certs/warmfront.key # without a passphrase',
    '    # The name that is asked for, and that the certificate must be for, where it is not that of the host above.',
    '    server_name: registry.internal.example.com',
    '    plain_http: false # true: this registry is asked without TLS',
    '',
    '    platforms: [linux/amd64, linux/arm64] # instead of the setting above, where neither request nor cluster names any',
    '    concurrency: 8 # requests at the same time, instead of origin_concurrency',
    '    bandwidth: 100MiB # a second, over all jobs of a replica, instead of origin_bandwidth',
    '```',
    '',
  ].join('\n')
}

const sides: Readonly<Record<Side, string>> = {
  caller: 'the caller',
  registry: 'the registry',
  peer: 'the peer',
  store: 'the database',
  self: 'Warmfront itself',
}

export function renderFailures(): string {
  const sections = failureCodes.flatMap((code) => {
    const { side, temporary, hint } = failureKind(code)
    const again = temporary ? 'It may pass: we try again on our own.' : 'It does not pass by itself.'
    return [`## \`${code}\``, '', `On the side of ${sides[side]}. ${again} ${hint}`, '']
  })
  return [
    '# Failures',
    '',
    generated,
    '',
    'The same code stands in the API, in the log and here.',
    '',
    ...sections,
  ].join('\n')
}

const root = new URL('../', import.meta.url)

/** The documents of all contracts as one. */
export function renderBundle(): string {
  const documents = settings.contracts.fallback?.split(',').map((contract) => {
    const text = readFileSync(new URL(`openapi/${contract}.yaml`, root), 'utf8')
    return [contract, parse(text) as OpenApiDocument] as const
  })
  return bundle(Object.fromEntries(documents ?? []))
}

/** The TypeScript types of a document. */
export const renderTypes = async (document: string): Promise<string> => astToString(await openapiTS(document))

if (import.meta.main) {
  writeFileSync(new URL('docs/settings.md', root), renderSettings())
  writeFileSync(new URL('docs/failures.md', root), renderFailures())
  const document = renderBundle()
  writeFileSync(new URL('openapi/warmfront.yaml', root), document)
  writeFileSync(new URL('test/support/openapi-client.schema.ts', root), await renderTypes(document))
}
