// Constructs everything; read from top to bottom it tells what exists and who gets what.

import { randomBytes, randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Identify } from './auth/identify.ts'
import type { Config } from './config/load.ts'
import { makeApp } from './contracts/http/app.ts'
import type { Caller, Contract } from './contracts/http/route.ts'
import { listen } from './contracts/http/server.ts'
import { mirrorContract } from './contracts/mirror/routes.ts'
import { openApiContract } from './contracts/open-api/routes.ts'
import { opsContract } from './contracts/ops/routes.ts'
import { supernodeContract } from './contracts/supernode/routes.ts'
import { Conductor } from './engine/conduct.ts'
import { Preheat } from './engine/preheat.ts'
import { deadlineFailure } from './engine/run.ts'
import { systemClock } from './kit/clock.ts'
import { Closing } from './kit/closing.ts'
import { EgressPolicy } from './kit/egress.ts'
import { Lanes } from './kit/gate.ts'
import { HttpClient } from './kit/http.ts'
import { contains, networksOf } from './kit/networks.ts'
import { Sealer } from './kit/seal.ts'
import type { Announce } from './model/event.ts'
import type { Peer } from './model/peer.ts'
import type { Roster } from './model/ports.ts'
import { logEvents } from './observability/announce.ts'
import { openLog, type Log } from './observability/log.ts'
import { openCache } from './peers/local/cache.ts'
import { LocalDriver } from './peers/local/driver.ts'
import { makeRoster } from './peers/roster.ts'
import { Worker } from './queue/worker.ts'
import { RegistryOrigins } from './registry/resolver.ts'
import { Clusters } from './store/clusters.ts'
import { openDatabase } from './store/database.ts'
import { lockDirectory } from './store/directory-lock.ts'
import { Jobs } from './store/jobs.ts'
import { Leases } from './store/leases.ts'
import { Tokens } from './store/tokens.ts'

/** How long each part may take to close. */
const closeEachMs = 10_000
/** For calls under way when the service is told to stop. */
const drainMs = 5_000
/** How often a replica looks for jobs that another one accepted or gave back. */
const lookEveryMs = 1_000
/** Sealing keys of our own making are twice as long as any that we ask for. */
const keyBytes = 32

export interface Service {
  readonly port: number
  /** Made just now, and known nowhere else. */
  readonly firstToken: string | undefined
  readonly log: Log
  close(): Promise<void>
}

/** Opens the service. Whatever was opened is closed again when a later part cannot be. */
export async function compose(config: Config, version: string): Promise<Service> {
  const log = openLog(config.log_level)
  const closing = new Closing()
  const close = () => closing.all(closeEachMs, (name, error) => log.error('not closed', { name, error: String(error) }))
  try {
    return { ...(await open({ config, version, log, closing })), log, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Brings the database up to date without starting anything. */
export async function migrate(config: Config): Promise<void> {
  const lock = await lockDirectory(config.data_dir)
  try {
    const database = await openDatabase({ url: config.database_url?.reveal(), dataDir: config.data_dir })
    await database.migrate().finally(() => database.close())
  } finally {
    await lock.release()
  }
}

interface Opening {
  readonly config: Config
  readonly version: string
  readonly log: Log
  readonly closing: Closing
}

async function open({ config, version, log, closing }: Opening): Promise<Omit<Service, 'close' | 'log'>> {
  const announce = logEvents(log)
  const lock = await lockDirectory(config.data_dir)
  closing.add('data directory', () => lock.release())

  const database = await openDatabase({ url: config.database_url?.reveal(), dataDir: config.data_dir, announce })
  closing.add('database', () => database.close())
  await database.migrate()
  const sealer = new Sealer(config.secret_key?.reveal() ?? (await ownKey(config.data_dir)))
  const jobs = new Jobs(database, sealer)
  const leases = new Leases(database, sealer)
  const clusters = new Clusters(database)
  const identify = new Identify(new Tokens(database), config.admin_token, systemClock)

  const http = new HttpClient({
    egress: new EgressPolicy(config.egress_allow),
    userAgent: `warmfront/${version}`,
  })
  closing.add('outgoing connections', () => http.close())
  const { registries, tls, platforms } = config
  const origins = new RegistryOrigins({ http, registries, tls, platforms, concurrency: config.origin_concurrency })

  const cache = await openCache({
    dir: join(config.data_dir, 'cache'),
    sizeLimit: config.cache_size,
    nameLifetimeMs: config.tag_lifetime,
    clock: systemClock,
  })
  const local = new LocalDriver(cache)
  closing.add('embedded peer', () => local.close())
  const roster = makeRoster(() => clusters.list(), {
    local: { driver: local, peersOf: async (cluster) => [embeddedPeer(cluster.id)] },
  })

  const conductor = new Conductor({
    origins,
    roster,
    queue: leases,
    tasks: jobs,
    peerLanes: new Lanes(config.peer_concurrency),
    clock: systemClock,
    chance: Math.random,
    announce,
  })
  // Only one process can have the embedded database: whatever leases it holds are those of a process that is gone.
  if (database.kind === 'pglite') await leases.releaseAll()
  const worker = openWorker({ leases, conductor, announce, config })
  closing.add('worker', () => worker.close())
  const preheat = new Preheat(
    { jobs, roster, announce, wake: () => worker.wake(), heed: (job) => worker.heed(job) },
    { longestMs: config.job_timeout_max },
  )

  const app = makeApp({
    contracts: contractsOf({
      config,
      preheat,
      roster,
      cache,
      ready: () => database.health(),
      version: version,
    }),
    identifies: (token) => identify.token(token),
    prefixes: config.path_prefixes,
    onFault: (where, error) => announce({ at: 'fault', where, error }),
  })
  const firstToken = await identify.firstToken()
  worker.start()
  const listening = await listen(app, config.host, config.port)
  closing.add('server', () => listening.close(drainMs))
  return { port: listening.port, firstToken }
}

/** Counts as seed and as ordinary peer, so that every scope works out of the box. */
const embeddedPeer = (clusterId: number): Peer => ({
  // Replicas that share a database have a cache each.
  id: `local-${clusterId}@${hostname()}`,
  clusterId,
  hostname: hostname(),
  ip: '127.0.0.1',
  seed: true,
  ordinary: true,
})

interface WorkerParts {
  readonly leases: Leases
  readonly conductor: Conductor
  readonly announce: Announce
  readonly config: Config
}

function openWorker({ leases, conductor, announce, config }: WorkerParts): Worker {
  const holder = `${hostname()} ${process.pid} ${randomUUID()}`
  return new Worker(
    {
      queue: leases,
      clock: systemClock,
      announce,
      conduct: (claim, signal) => conductor.conduct(claim, signal),
      deadline: deadlineFailure,
    },
    { holder, jobsAtOnce: config.jobs_at_once, leaseMs: config.job_lease, lookEveryMs },
  )
}

interface ContractParts {
  readonly config: Config
  readonly preheat: Preheat
  readonly roster: Roster
  readonly cache: Parameters<typeof mirrorContract>[0]
  readonly ready: () => Promise<void>
  readonly version: string
}

function contractsOf({ config, preheat, roster, cache, ready, version }: ContractParts): readonly Contract[] {
  const usualTimeoutMs = config.job_timeout
  const all = [
    supernodeContract(preheat, { timeoutMs: usualTimeoutMs, open: config.legacy_auth === 'open' }),
    openApiContract(preheat, { usualTimeoutMs, clusters: () => roster.clusters() }),
    { ...mirrorContract(cache, { defaultNamespace: 'docker.io' }), trusts: within(config.mirror_allow) },
    opsContract({ ready, version }),
  ]
  return all.filter(({ name }) => config.contracts.some((wanted) => wanted === name))
}

function within(networks: readonly string[]): (caller: Caller) => boolean {
  const allowed = networksOf(networks)
  return ({ address, proxied }) => !proxied && contains(allowed, address)
}

async function ownKey(dataDir: string): Promise<string> {
  const path = join(dataDir, 'secret.key')
  try {
    return await readFile(path, 'utf8')
  } catch {
    const key = randomBytes(keyBytes).toString('hex')
    // Fails when the file is there and cannot be read: a new key would make the old jobs' credentials unreadable.
    await writeFile(path, key, { mode: 0o600, flag: 'wx' })
    return key
  }
}
