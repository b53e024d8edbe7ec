// The architecture as tables: which room may import which, and which room a package lives in.
// test/house/architecture.test.ts proves that these rules are awake.

/** Imports point inward, never sideways: kit < model < (the middle ring) < contracts < compose.ts < main.ts. */
const mayImport = {
  kit: [],
  model: ['kit'],
  engine: ['model', 'kit'],
  registry: ['model', 'kit'],
  peers: ['model', 'kit'],
  store: ['model', 'kit'],
  queue: ['model', 'kit'],
  auth: ['model', 'kit'],
  observability: ['model', 'kit'],
  config: ['model', 'kit'],
  contracts: ['engine', 'auth', 'model', 'kit'],
  console: [],
}

/** Every package has one home. One that is not named here may not be imported at all. */
const homes = {
  kit: ['undici'],
  store: ['knex', 'pg', '@electric-sql/pglite'],
  observability: ['winston'],
  'peers/dragonfly': ['@grpc/grpc-js', '@grpc/proto-loader'],
  config: ['yaml'],
  'contracts/http': [
    'express',
    'express-openapi-validator',
    'express-rate-limit',
    'helmet',
    'passport',
    'passport-http-bearer',
  ],
  'contracts/ops': ['swagger-ui-dist'],
  console: [
    'react',
    'react-dom',
    '@mui/material',
    '@mui/icons-material',
    '@tanstack/react-query',
    'openapi-fetch',
    'wouter',
    'vite',
    '@vitejs/plugin-react',
  ],
}

const anyOf = (names) => `(${names.join('|')})`
const inPackages = (names) => `node_modules/(@types/)?${anyOf(names)}/`

const rooms = Object.entries(mayImport).map(([room, inner]) => ({
  name: `${room}-looks-inward`,
  severity: 'error',
  comment: `src/${room} may import ${[room, ...inner].join(', ')}. Move the shared idea inward, or take it as an argument from compose.ts.`,
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/${anyOf([room, ...inner])}/` },
}))

const packages = Object.entries(homes).map(([home, names]) => ({
  name: `${home.replace('/', '-')}-is-home`,
  severity: 'error',
  comment: `Only src/${home} may import ${names.join(', ')}.`,
  from: { path: '^src/', pathNot: `^src/${home}/` },
  to: { path: inPackages(names) },
}))

export default {
  forbidden: [
    ...rooms,
    ...packages,
    {
      name: 'package-without-a-home',
      severity: 'error',
      comment: 'Say in .dependency-cruiser.mjs which room this package lives in.',
      from: { path: '^src/' },
      to: { path: 'node_modules/', pathNot: inPackages(Object.values(homes).flat()) },
    },
    {
      name: 'unresolved',
      severity: 'error',
      comment: 'This import leads nowhere.',
      from: {},
      to: { couldNotResolve: true },
    },
    { name: 'no-cycles', severity: 'error', comment: 'Cut the cycle.', from: {}, to: { circular: true } },
    {
      name: 'strangers',
      severity: 'error',
      comment: 'Drivers, and contracts, never import each other; contracts/http is machinery that contracts share.',
      from: { path: '^src/(peers|contracts)/([^/]+)/' },
      to: { path: '^src/$1/[^/]+/', pathNot: ['^src/$1/$2/', '^src/contracts/http/'] },
    },
    {
      name: 'peers-know-no-driver',
      severity: 'error',
      comment: 'What drivers share is handed its drivers by compose.ts.',
      from: { path: '^src/peers/[^/]+$' },
      to: { path: '^src/peers/[^/]+/' },
    },
    {
      name: 'http-knows-no-contract',
      severity: 'error',
      comment: 'contracts/http is machinery; the contract that uses it talks to the engine.',
      from: { path: '^src/contracts/http/' },
      to: { path: '^src/(engine|contracts)/', pathNot: '^src/contracts/http/' },
    },
    {
      name: 'main-starts-compose',
      severity: 'error',
      comment: 'main.ts reads the configuration and starts what compose.ts built; it constructs nothing itself.',
      from: { path: '^src/main\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(compose\\.ts$|(config|model|kit)/)' },
    },
    {
      name: 'nobody-reads-the-configuration',
      severity: 'error',
      comment: 'A room declares the options it needs, and compose.ts hands them in.',
      from: { path: '^src/', pathNot: '^src/(config/|(compose|compose-contracts|compose-peers|main)\\.ts$)' },
      to: { path: '^src/(config/|(compose|compose-contracts|compose-peers|main)\\.ts$)' },
    },
    {
      name: 'console-is-a-client',
      severity: 'error',
      comment: 'The console meets the service over HTTP only.',
      from: { path: '^src/', pathNot: '^src/console/' },
      to: { path: '^src/console/' },
    },
    {
      name: 'pure-rooms',
      severity: 'error',
      comment: 'model and engine decide; they take a port, a clock or a die instead.',
      from: { path: '^src/(model|engine)/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional'], pathNot: ['^(node:)?(crypto|util)$'] },
    },
    {
      name: 'one-way-out',
      severity: 'error',
      comment: 'Requests leave through the one client in kit, where the egress policy judges the address.',
      from: { path: '^src/', pathNot: '^src/(kit|contracts/http)/' },
      to: { path: '^(node:)?(http|https|http2)$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'src-stands-alone',
      severity: 'error',
      comment: 'Nothing that runs in production may need tests, benches, demos or scripts.',
      from: { path: '^src/' },
      to: { path: '^(test|bench|demo|scripts)/' },
    },
    {
      name: 'acceptance-is-a-stranger',
      severity: 'error',
      comment: 'It knows a base URL and nothing else, so that it can be aimed at a real deployment.',
      from: { path: '^test/acceptance/' },
      to: { path: '^src/' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'Nobody imports this file, and it imports nobody.',
      from: { orphan: true, path: '^src/', pathNot: ['^src/main\\.ts$', '\\.d\\.ts$'] },
      to: {},
    },
  ],
  options: {
    // Types count: an arrow that only carries a type is an arrow.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    // As Node resolves an import, so that a package's subpaths are found.
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['node', 'import', 'default'] },
  },
}
