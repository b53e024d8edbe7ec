// The kinds of peers, in an operator's words, and what is to be said of each; docs/peers.md has the whole. Pure.

import * as kinds from './setting-kinds.ts'

export interface SettingField {
  /** In the settings of the cluster. */
  readonly key: string
  readonly label: string
  /** What it means, and how it is typed. */
  readonly help: string
  readonly kind: kinds.SettingKind
  readonly shape: 'line' | 'lines' | 'truth'
  /** What it can be; any text where absent. The first one is meant where nothing is said. */
  readonly choices?: readonly string[]
}

interface DriverWords {
  readonly about: string
  readonly fields: readonly SettingField[]
  /** What else can be said, in JSON; '' where there is nothing. */
  readonly more: string
}

const peers: SettingField = {
  key: 'peers',
  label: 'Peers',
  help: 'One a line: host:port, then if wanted seed, hostname=…, ip=…, location=…',
  kind: kinds.peers,
  shape: 'lines',
}

const found: readonly SettingField[] = [
  {
    key: 'dns',
    label: 'DNS names',
    help: 'name:port, one a line: every address of the name is a peer.',
    kind: kinds.list,
    shape: 'lines',
  },
  {
    key: 'srv',
    label: 'SRV names',
    help: 'Such as _cache._tcp.example.com, one a line: every target is a peer.',
    kind: kinds.list,
    shape: 'lines',
  },
  { key: 'seeds', label: 'What DNS finds are seed peers', help: '', kind: kinds.truth, shape: 'truth' },
]

const hit: readonly SettingField[] = [
  {
    key: 'hit_header',
    label: 'Header of a hit',
    help: 'Such as X-Cache-Status: the header that marks what came from the peer’s store.',
    kind: kinds.text,
    shape: 'line',
  },
  {
    key: 'hit_value',
    label: 'Text in the header of a hit',
    help: 'HIT where nothing is said.',
    kind: kinds.text,
    shape: 'line',
  },
]

const dragonfly: DriverWords = {
  about:
    'The dfdaemons of a Dragonfly installation. Each fetches for itself and shares with the others; the bytes do not pass through here.',
  fields: [
    {
      key: 'schedulers',
      label: 'Schedulers',
      help: 'host:port of each scheduler’s gRPC port, one a line (usually 8002). They name the peers.',
      kind: kinds.list,
      shape: 'lines',
    },
    { ...peers, help: `Only without schedulers. ${peers.help} (usually port 4000)` },
    ...found,
    {
      key: 'task_id',
      label: 'How peers name tasks',
      help: 'auto asks the peers.',
      kind: kinds.text,
      shape: 'line',
      choices: ['auto', 'blob-digest', 'url'],
    },
    {
      key: 'registry_urls',
      label: 'How nodes spell registries',
      help: 'One a line, such as: docker.io https://index.docker.io',
      kind: kinds.pairs,
      shape: 'lines',
    },
  ],
  more: '{ "tag": "…", "application": "…", "filtered_query_params": ["…"], "piece_length": 4194304, "proxy_port": 4001 }',
}

const registryMirror: DriverWords = {
  about:
    'Registries that fetch what they do not have, and caches before registries: distribution, zot, Harbor, Kraken, nginx and others.',
  fields: [
    {
      key: 'profile',
      label: 'Profile',
      help: 'What the mirrors are: it says how they are filled, and how it is known that they hold something.',
      kind: kinds.text,
      shape: 'line',
      choices: ['generic', 'distribution', 'zot', 'harbor', 'kraken', 'dfdaemon'],
    },
    peers,
    ...found,
    {
      key: 'upstreams',
      label: 'Registries that they serve',
      help: 'One a line, such as docker.io; then if wanted prefix=… (a Harbor project), ns, url=…. None: any registry.',
      kind: kinds.upstreams,
      shape: 'lines',
    },
    ...hit.map((field) => ({ ...field, help: `For the profile generic. ${field.help}` })),
  ],
  more: '',
}

const httpProxy: DriverWords = {
  about: 'Forward proxies that keep what they fetch, such as squid. The bytes pass through here.',
  fields: [peers, ...found, ...hit],
  more: '',
}

const local: DriverWords = {
  about: 'The cache that is part of Warmfront itself: one peer on each replica. There is nothing to be set.',
  fields: [],
  more: '',
}

/** A driver that came after this page. */
const other: DriverWords = {
  about: 'Its settings are in docs/peers.md.',
  fields: [peers, ...found],
  more: '{ "key": "value" }',
}

const known: Readonly<Record<string, DriverWords>> = {
  local,
  dragonfly,
  'registry-mirror': registryMirror,
  'http-proxy': httpProxy,
}

export const wordsOf = (driver: string): DriverWords =>
  (Object.hasOwn(known, driver) ? known[driver] : undefined) ?? other
