// The table of settings: what can be set, how it is read, what it is otherwise, and one sentence for people.

import { jsonObject, type Content } from './files.ts'
import { platform } from './platforms.ts'
import {
  byteRate,
  byteSize,
  databaseAddress,
  durationMs,
  listOf,
  network,
  networkOrHost,
  oneOf,
  pathPrefix,
  portRange,
  text,
  textOf,
  wholeNumber,
  type Read,
} from './read.ts'

const contractNames = ['supernode', 'preheats', 'open-api', 'kraken', 'mirror', 'ops'] as const

export interface Setting<T> {
  readonly read: Read<T>
  /** In the form in which a person would write it; null means unset. */
  readonly fallback: string | null
  readonly type: string
  readonly about: string
  /** Never printed. */
  readonly secret?: true
  /** The value is the path of a file that holds this, and is read again whenever it changes. */
  readonly file?: Content
  /** Another environment variable that is read when the WARMFRONT_ one is not set. */
  readonly alias?: string
}

const setting = <T>(row: Setting<T>): Setting<T> => row
const second = 1000
const hour = 3600 * second
const originTimeout = durationMs(100, hour)
const lookEvery = durationMs(second, hour)

export const settings = {
  host: setting({ type: 'text', fallback: '127.0.0.1', read: text, about: 'Address to listen on.' }),
  port: setting({
    type: 'number',
    fallback: '8080',
    read: wholeNumber(0, 65535),
    about: 'Port of all contracts; 0 takes any free one.',
  }),
  data_dir: setting({
    type: 'path',
    fallback: './data',
    read: text,
    about: 'Where the embedded database, the embedded cache and the sealing key are kept.',
  }),
  database_url: setting({
    type: 'address',
    fallback: null,
    read: databaseAddress,
    secret: true,
    alias: 'DATABASE_URL',
    about: 'PostgreSQL 15 or newer; without it the embedded database is used.',
  }),
  admin_token: setting({
    type: 'text',
    fallback: null,
    read: textOf(32, 'a text of 32 characters or more'),
    secret: true,
    about:
      'A bootstrap token for automation, with every permission; without it one is made on the first start and printed once.',
  }),
  secret_key: setting({
    type: 'text',
    fallback: null,
    read: textOf(32, 'a text of 32 characters or more'),
    secret: true,
    about:
      'Seals the credentials of unfinished jobs in the database; all replicas need the same one. Without it a key is made in the data directory.',
  }),
  legacy_auth: setting({
    type: 'required | open',
    fallback: 'required',
    read: oneOf('required', 'open'),
    about: 'Whether the legacy contracts (supernode, preheats, kraken) ask for a token.',
  }),
  mirror_allow: setting({
    type: 'list of networks',
    fallback: '127.0.0.0/8,::1',
    read: listOf(network),
    about:
      'Who may pull from the mirror without a token. A request that came through a proxy never counts as one of these.',
  }),
  egress_allow: setting({
    type: 'list of networks and hosts',
    fallback: '',
    read: listOf(networkOrHost),
    about:
      'Where we may connect beyond the default policy, which denies loopback, link-local and other special addresses, and private networks for files.',
  }),
  egress_deny: setting({
    type: 'list of networks and hosts',
    fallback: '',
    read: listOf(networkOrHost),
    about: 'Where we may never connect, also where egress_allow or the default policy would let us.',
  }),
  egress_ports: setting({
    type: 'list of ports and ranges',
    fallback: '',
    read: listOf(portRange),
    about:
      'The only ports that we may connect to, such as 443,5000,8000-8999, for allowed networks and hosts too; without it any port.',
  }),
  docker_config: setting({
    type: 'path',
    fallback: null,
    read: text,
    file: jsonObject,
    about:
      "Docker's config.json, whose auths are used for registries that have no credentials under registries; read again when it changes. Credential helpers (credsStore, credHelpers) are programs and are not run.",
  }),
  contracts: setting({
    type: 'list',
    fallback: contractNames.join(','),
    read: listOf(oneOf(...contractNames)),
    about: 'The contracts that are served.',
  }),
  path_prefixes: setting({
    type: 'list of paths, or of path=cluster+cluster',
    fallback: '',
    read: listOf(pathPrefix),
    about:
      'Every contract also answers below these. One with clusters, such as /edge=2+3, is for these where a call itself names none: so one adapter serves several node groups of a Harbor.',
  }),
  rate_limit_token: setting({
    type: 'number',
    fallback: '6000',
    read: wholeNumber(0, 1_000_000),
    about:
      'Calls a minute with one token, over all replicas; 0 means any number. 300 workers of a Harbor make some 2,400.',
  }),
  rate_limit_address: setting({
    type: 'number',
    fallback: '12000',
    read: wholeNumber(0, 1_000_000),
    about:
      'Calls a minute from one address, over all replicas; 0 means any number. Health, documents and the mirror are not counted.',
  }),
  rate_limit_failed_auth: setting({
    type: 'number',
    fallback: '60',
    read: wholeNumber(0, 1_000_000),
    about:
      'Tokens a minute from one address that are refused as wrong before they are refused as too many; 0 means any number.',
  }),
  trusted_proxies: setting({
    type: 'list of networks',
    fallback: '',
    read: listOf(network),
    about:
      "Proxies in front whose X-Forwarded-For is believed, for the limits per address; without it a proxy's clients count as one.",
  }),
  drain_delay: setting({
    type: 'duration',
    fallback: '3s',
    read: durationMs(0, 300 * second),
    about:
      'After SIGTERM, how long calls are still answered while /readyz says 503: the time that load balancers need to notice.',
  }),
  log_level: setting({
    type: 'error | warn | info | debug',
    fallback: 'info',
    read: oneOf('error', 'warn', 'info', 'debug'),
    about: 'How much is logged.',
  }),
  cache_size: setting({
    type: 'size',
    fallback: '50GiB',
    read: byteSize,
    about: 'How much the embedded cache may hold; beyond it the least recently used goes.',
  }),
  tag_lifetime: setting({
    type: 'duration',
    fallback: '1h',
    read: durationMs(second, 720 * hour),
    about:
      'How long the mirror answers for a tag after it was resolved; digests are answered as long as they are held.',
  }),
  platforms: setting({
    type: 'list of os/arch[/variant], or all',
    fallback: 'linux/amd64,linux/arm64',
    read: listOf(platform),
    about:
      'The platforms of an image that are preheated when none of the request, the cluster and the registry says which.',
  }),
  job_timeout: setting({
    type: 'duration',
    fallback: '29m',
    read: durationMs(second, 24 * hour),
    about: 'How long a job may last when it does not say; Harbor gives up after 1801 s without hearing why.',
  }),
  job_timeout_max: setting({
    type: 'duration',
    fallback: '24h',
    read: durationMs(second, 24 * hour),
    about: 'How long a job may last whatever it says.',
  }),
  jobs_at_once: setting({
    type: 'number',
    fallback: '64',
    read: wholeNumber(1, 1000),
    about: 'Jobs that one replica conducts at the same time.',
  }),
  peer_concurrency: setting({
    type: 'number',
    fallback: '32',
    read: wholeNumber(1, 1000),
    about:
      'Tasks at the same time on one peer, over all jobs of a replica; of one registry at most half of them, so that one that hangs leaves room.',
  }),
  tasks_at_once: setting({
    type: 'number',
    fallback: '512',
    read: wholeNumber(1, 10_000),
    about: 'Tasks at the same time in one replica, over all jobs, which take turns.',
  }),
  origin_tasks_at_once: setting({
    type: 'number',
    fallback: '256',
    read: wholeNumber(1, 10_000),
    about: 'Of tasks_at_once, those whose bytes come from one origin.',
  }),
  peer_check_interval: setting({
    type: 'duration',
    fallback: '15s',
    read: lookEvery,
    about: 'How often each peer of a cluster that is in use is asked how it is; one that is down is not chosen.',
  }),
  peer_discovery_interval: setting({
    type: 'duration',
    fallback: '60s',
    read: lookEvery,
    about: 'How often schedulers and DNS are asked for the peers of a cluster that is in use.',
  }),
  peer_answer_timeout: setting({
    type: 'duration',
    fallback: '30m',
    read: durationMs(second, 24 * hour),
    about: 'How long a peer that fetches a blob before it answers may take until it begins to answer.',
  }),
  origin_concurrency: setting({
    type: 'number',
    fallback: '32',
    read: wholeNumber(1, 1000),
    about: 'Requests at the same time to one registry, over all jobs of a replica.',
  }),
  origin_bandwidth: setting({
    type: 'bytes a second',
    fallback: null,
    read: byteRate,
    about:
      'How much of one registry is read a second, such as 100MiB, over all jobs of a replica, so that others on its link are served too; without it as much as there is.',
  }),
  origin_connect_timeout: setting({
    type: 'duration',
    fallback: '10s',
    read: originTimeout,
    about:
      'How long name resolution, TCP and TLS towards a registry or web server may take together; raise it where the way there is long or loses packets.',
  }),
  origin_first_byte_timeout: setting({
    type: 'duration',
    fallback: '30s',
    read: originTimeout,
    about:
      "How long a registry or web server may take from a request to its answer's headers; raise it for a proxy cache that fetches from afar before it answers.",
  }),
  origin_no_progress_timeout: setting({
    type: 'duration',
    fallback: '60s',
    read: originTimeout,
    about:
      'The time in which at least 4 KiB of a body must come; a manifest has five of them to come whole. Raise it for a proxy cache that waits for its own origin midway.',
  }),
  job_lease: setting({
    type: 'duration',
    fallback: '30s',
    read: durationMs(3 * second, hour),
    about: 'How long the jobs of a replica that died wait before another one takes them over.',
  }),
}

export type SettingName = keyof typeof settings
export type SettingValue<N extends SettingName> = ReturnType<(typeof settings)[N]['read']>

export const environmentName = (name: string): string => `WARMFRONT_${name.toUpperCase()}`
