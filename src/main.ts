// The program: serve, or migrate and leave. Started by bin/warmfront.mjs.

import { readFileSync } from 'node:fs'
import { compose, migrate } from './compose.ts'
import { ConfigError, loadConfig, type Config } from './config/load.ts'
import { watchedText } from './kit/live.ts'
import { Failure } from './model/failure.ts'

const usage = `warmfront makes container images and files present on peers before anyone pulls them.

  warmfront serve     start the service (settings: docs/settings.md)
  warmfront migrate   bring the database up to date and leave
  warmfront version   print the version
`

/** Does what the arguments say; sets the exit code instead of throwing. */
export async function main(args: readonly string[]): Promise<void> {
  const [command = 'serve', ...rest] = args
  try {
    if (rest.length > 0) return fail(usage)
    if (command === 'serve') await serve()
    else if (command === 'migrate') {
      await migrate(readConfig(console.error))
      console.log('The database is up to date.')
    } else if (command === 'version') console.log(version())
    else fail(usage)
  } catch (error) {
    if (error instanceof ConfigError) fail(error.message)
    else if (error instanceof Failure) fail(`${error.message} ${error.problem.hint}`)
    // Of the system, such as a port that is taken: its own words are known to operators, and a stack would hide them.
    else if (error instanceof Error && 'code' in error) fail(error.message)
    else fail(describe(error))
  }
}

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1
}

/** `onTrouble` hears of a file that has become unreadable since. */
const readConfig = (onTrouble: (sentence: string) => void): Config =>
  loadConfig({
    env: process.env,
    readFile: (path) => readFileSync(path, 'utf8'),
    watch: (path, accepts) => watchedText(path, { accepts, onTrouble }),
  })

function version(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : 'unknown'
}

async function serve(): Promise<void> {
  let warn: (sentence: string) => void = console.error
  const config = readConfig((sentence) => warn(sentence))
  const service = await compose(config, version())
  const { log } = service
  warn = (why) => log.warn('a file of the settings cannot be used', { why })
  const stop = (signal: NodeJS.Signals): void => {
    log.info('stopping', { signal })
    process.once(signal, () => process.exit(1))
    // Somebody at a terminal does not want to wait for load balancers; a second signal ends it at once.
    service.close(signal === 'SIGINT' ? 'at once' : 'drained').then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // A fault in one job is that job's; what nobody caught is written down and does not end the others.
  process.on('unhandledRejection', (error) => log.error('unhandled rejection', { error: describe(error) }))
  // Whoever reads our output may go away; that is no reason to stop serving.
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  console.log(`Warmfront listens on http://${host}:${service.port}`)
  if (config.contracts.includes('ops')) console.log(`The console is at http://${host}:${service.port}/console/`)
  if (service.firstToken !== undefined) {
    console.log(`The administrator's token, shown this once: ${service.firstToken}`)
  }
}

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))
