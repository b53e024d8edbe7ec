// Runs real programs beside a test: servers until they are stopped, and commands to their end.

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'

const startsWithinMs = 30_000
const stopsWithinMs = 10_000
const endsWithinMs = 120_000

export interface ProgramOptions {
  readonly cwd: string
  /** Its output matches this once it is ready to serve. */
  readonly ready: RegExp
  /** Beside PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>
}

export interface RunningProgram {
  /** What `ready` matched. */
  readonly ready: RegExpExecArray
  /** Everything it has written so far; complete once stopped. */
  output(): string
  /** SIGTERM, and SIGKILL where that is not heard. Resolves when it has ended. */
  stop(): Promise<void>
  /** SIGKILL, as a power cut would be. Resolves when it has ended. */
  kill(): Promise<void>
  readonly pid: number | undefined
}

/** Settings of the person who runs the tests, such as proxies and logins, stay out. */
const environmentIn = (home: string) => ({ PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, HOME: home })

export async function startProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<RunningProgram> {
  const { cwd, ready } = options
  const child = spawn(command, args, {
    cwd,
    env: { ...environmentIn(cwd), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'close').finally(() => process.off('exit', kill))
  const killAfter = async (ms: number, wait: Promise<unknown>) => {
    const timer = setTimeout(kill, ms)
    await wait.finally(() => clearTimeout(timer))
  }
  let output = ''
  let match: RegExpExecArray | null = null
  const isReady = new Promise<void>((resolve) => {
    const hear = (text: string) => {
      output += text
      match ??= ready.exec(output)
      if (match !== null) resolve()
    }
    child.stdout.setEncoding('utf8').on('data', hear)
    child.stderr.setEncoding('utf8').on('data', hear)
  })
  await killAfter(startsWithinMs, Promise.race([isReady, ended]))
  if (match === null) throw new Error(`${command} ended before it was ready:\n${output}`)
  return {
    ready: match,
    output: () => output,
    async stop() {
      child.kill('SIGTERM')
      await killAfter(stopsWithinMs, ended)
    },
    async kill() {
      kill()
      await ended
    },
    pid: child.pid,
  }
}

export interface Ended {
  readonly ok: boolean
  /** Of both streams. */
  readonly output: string
}

/** Runs a command to its end, which may be a failure. `cwd` is its home, too. */
export async function runProgram(command: string, args: readonly string[], cwd: string): Promise<Ended> {
  const options = { cwd, env: environmentIn(cwd), timeout: endsWithinMs, maxBuffer: 16 * 1024 * 1024 }
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      resolve({ ok: error === null, output: stdout + stderr })
    })
  })
}
