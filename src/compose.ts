// Constructs everything; read from top to bottom it tells what exists and who gets what.

import { randomBytes, randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { AccessTokens } from './auth/access-tokens.ts'
import { Identify } from './auth/identify.ts'
import { contractsOf } from './compose-contracts.ts'
import { checkedClusters, kindsOf, openRoster } from './compose-peers.ts'
import type { Config } from './config/load.ts'
import { makeApp } from './contracts/http/app.ts'
import { listen, type Draining } from './contracts/http/server.ts'
import { Traffic } from './contracts/http/traffic.ts'
import type { OpenApiParts } from './contracts/open-api/routes.ts'
import { ClusterBook } from './engine/clusters.ts'
import { Conductor } from './engine/conduct.ts'
import { Distribution } from './engine/distribution.ts'
import { Forecast } from './engine/forecast.ts'
import { Places } from './engine/places.ts'
import { Preheat } from './engine/preheat.ts'
import { deadlineFailure } from './engine/run.ts'
import { systemClock } from './kit/clock.ts'
import { Closing } from './kit/closing.ts'
import { EgressPolicy } from './kit/egress.ts'
import { manyListen } from './kit/signals.ts'
import { HttpClient } from './kit/http.ts'
import { Sealer } from './kit/seal.ts'
import type { Announce } from './model/event.ts'
import { Failure } from './model/failure.ts'
import { logEvents } from './observability/announce.ts'
import { openLog, type Log } from './observability/log.ts'
import { openCache } from './peers/local/cache.ts'
import { LocalDriver } from './peers/local/driver.ts'
import { Worker } from './queue/worker.ts'
import { RegistryOrigins } from './registry/resolver.ts'
import { Clusters } from './store/clusters.ts'
import { openDatabase } from './store/database.ts'
import { lockDirectory } from './store/directory-lock.ts'
import { Hits } from './store/hits.ts'
import { Jobs } from './store/jobs.ts'
import { Leases } from './store/leases.ts'
import { Tokens } from './store/tokens.ts'

/** How long each part may take to close. */
const closeEachMs = 10_000
/** For calls under way when no new ones are taken any more. */
const graceMs = 5_000
/** So many clients at once are a burst. */
const manyCalls = 8
/** Between two sweeps of what the rate limits counted. */
const sweepEveryMs = 60_000
/** A plan is asked for by a person who waits; each holds a connection while its registry thinks. */
const plans = { atOnce: 16, withinMs: 30_000 }
/** How often a replica looks for jobs that another one accepted or gave back. */
const lookEveryMs = 1_000
/** Sealing keys of our own making are twice as long as any that we ask for. */
const keyBytes = 32

export interface Service {
  readonly port: number
  /** Made just now, and known nowhere else. */
  readonly firstToken: string | undefined
  readonly log: Log
  /** `at once`: without waiting for load balancers to notice. */
  close(how: 'drained' | 'at once'): Promise<void>
}

/** Opens the service. Whatever was opened is closed again when a later part cannot be. */
export async function compose(config: Config, version: string): Promise<Service> {
  const log = openLog(config.log_level)
  const closing = new Closing()
  const drain = { delayMs: config.drain_delay, graceMs }
  const close = async (how: 'drained' | 'at once') => {
    if (how === 'at once') drain.delayMs = 0
    const eachMs = closeEachMs + drain.delayMs
    await closing.all(eachMs, (name, error) => log.error('not closed', { name, error: String(error) }))
  }
  try {
    return { ...(await open({ config, version, log, closing, drain })), log, close }
  } catch (error) {
    await close('at once')
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
  /** As it stands when the server is closed. */
  readonly drain: Draining
}

async function open({ config, version, log, closing, drain }: Opening): Promise<Omit<Service, 'close' | 'log'>> {
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
  const tokens = new Tokens(database)
  const identify = new Identify(tokens, config.admin_token, systemClock)

  const egress = new EgressPolicy({
    allow: config.egress_allow,
    deny: config.egress_deny,
    ports: config.egress_ports,
  })
  const http = new HttpClient({
    egress,
    userAgent: `warmfront/${version}`,
    timeouts: {
      connectMs: config.origin_connect_timeout,
      firstByteMs: config.origin_first_byte_timeout,
      noProgressMs: config.origin_no_progress_timeout,
    },
  })
  closing.add('outgoing connections', () => http.close())
  const { registries, tls, platforms, docker_config: dockerConfig } = config
  const book = { registries, tls, ...(dockerConfig === undefined ? {} : { dockerConfig }) }
  const origins = new RegistryOrigins({
    ...book,
    http,
    platforms,
    concurrency: config.origin_concurrency,
    bandwidth: config.origin_bandwidth,
  })

  const cache = await openCache({
    dir: join(config.data_dir, 'cache'),
    sizeLimit: config.cache_size,
    nameLifetimeMs: config.tag_lifetime,
    clock: systemClock,
  })
  const local = new LocalDriver(cache)
  closing.add('embedded peer', () => local.stop())
  const roster = openRoster({
    config,
    clusters,
    log,
    kinds: kindsOf({ config, local, doors: { ...book, http }, egress }),
  })
  closing.add('peers', () => roster.close())
  await clusters.adopt(checkedClusters(config, roster))

  const conductor = new Conductor({
    origins,
    roster,
    queue: leases,
    tasks: jobs,
    places: new Places({
      atOnce: config.tasks_at_once,
      perOrigin: config.origin_tasks_at_once,
      perPeer: config.peer_concurrency,
    }),
    clock: systemClock,
    chance: Math.random,
    announce,
  })
  // Only one process can have the embedded database: whatever leases it holds are those of a process that is gone.
  if (database.kind === 'pglite') await leases.releaseAll()
  const traffic = new Traffic()
  const worker = openWorker({ leases, conductor, announce, config, traffic })
  const preheat = new Preheat(
    { jobs, roster, announce, clock: systemClock, wake: () => worker.wake(), heed: (job) => worker.heed(job) },
    { longestMs: config.job_timeout_max },
  )

  const openApi: OpenApiParts = {
    preheat,
    forecast: new Forecast({ origins, roster, clock: systemClock, announce }, plans),
    distribution: new Distribution({ origins, roster, clock: systemClock, announce }, plans),
    tokens: new AccessTokens(tokens, systemClock),
    clusters: new ClusterBook(clusters, roster, systemClock),
  }

  const stopping = manyListen()
  const ready = async (): Promise<void> => {
    if (stopping.signal.aborted) throw new Failure('self.stopping', 'No new calls are to come here.')
    await database.health()
  }
  const hits = new Hits(database)
  const sweeping = setInterval(() => {
    hits.sweep().catch((error: unknown) => announce({ at: 'fault', where: 'sweeping the rate limits', error }))
  }, sweepEveryMs)
  closing.add('sweeping', async () => clearInterval(sweeping))

  const app = makeApp({
    contracts: await contractsOf({
      config,
      openApi,
      preheat,
      cache,
      ready,
      version,
      drivers: roster.drivers,
      announce,
    }),
    identifies: (token, use) => identify.token(token, use),
    prefixes: config.path_prefixes,
    limits: {
      hits,
      token: config.rate_limit_token,
      address: config.rate_limit_address,
      failedAuth: config.rate_limit_failed_auth,
    },
    trustedProxies: config.trusted_proxies,
    traffic,
    stopping: stopping.signal,
    onFault: (where, error) => announce({ at: 'fault', where, error }),
  })
  const firstToken = await identify.firstToken()
  const listening = await listen(app, config.host, config.port)
  worker.start()
  // Closed from the last to the first: the jobs go back to the other replicas while calls are still answered.
  closing.add('server', () => listening.close(drain))
  closing.add('worker', () => worker.close())
  closing.add('readiness', async () => stopping.abort())
  return { port: listening.port, firstToken }
}

interface WorkerParts {
  readonly leases: Leases
  readonly conductor: Conductor
  readonly announce: Announce
  readonly config: Config
  readonly traffic: Traffic
}

function openWorker({ leases, conductor, announce, config, traffic }: WorkerParts): Worker {
  const holder = `${hostname()} ${process.pid} ${randomUUID()}`
  return new Worker(
    {
      queue: leases,
      clock: systemClock,
      announce,
      conduct: (claim, signal) => conductor.conduct(claim, signal),
      busy: () => traffic.open > manyCalls,
      deadline: deadlineFailure,
    },
    { holder, jobsAtOnce: config.jobs_at_once, leaseMs: config.job_lease, lookEveryMs },
  )
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
