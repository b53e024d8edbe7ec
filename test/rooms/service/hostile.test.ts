// Every registry of the hostile table at once, against one service: each job ends by its own cause, and nothing else
// is harmed.

import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { makeCertificate } from '../../support/certificates.ts'
import { badNames } from '../../support/hostile/clients.ts'
import { Stage, type Line, type Opened } from '../../support/hostile/stage.ts'
import { groups } from '../../support/hostile/table.ts'
import { makeImage } from '../../support/image.ts'
import { startRegistry, type TestRegistry } from '../../support/registry.ts'
import { requires } from '../../support/requires.ts'
import { startService, type Job, type TestService } from '../../support/service.ts'

/**
 * What the service may have of V8's heap. Without a bound V8 lets garbage lie for as long as the machine has room, and
 * the peak says more about the machine than about us. A service that needed more would end here, and not be the same.
 */
const heapMiB = 192
/**
 * The most of memory, of which the heap is a part; the program and the database in it take 210 MiB before any job. 330
 * jobs at registries that mean well were measured to need 475 MiB under the same heap, the table 505.
 */
const mostBytes = 600 * 2 ** 20
/** Far more than any line takes; one that is not over by then has the cause job.deadline, which is not its own. */
const withinNs = 100_000_000_000
/** Control characters, invisible ones, those that turn the direction of text, and halves of letters. */
const dressing = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
const markup = /<[a-z!/]/i

interface Running {
  readonly opened: Opened
  readonly job: Job
}

const lines = Object.values(groups).flat()
const running = new Map<Line, Running>()
const stages: Stage[] = []
let service: TestService
let good: TestRegistry
let directory: string
let pid: number | undefined
let healthy: readonly Job[]

const skip = requires('openssl', 'openssl')
const noProc = process.platform === 'linux' ? false : 'only Linux keeps the peak in /proc'

suite('hostile registries', { skip }, () => {
  before(openAll)
  after(closeAll)

  for (const [group, members] of Object.entries(groups)) {
    for (const line of members) test(`${group}: ${line.name} (${line.ends})`, () => endsAsItShould(line))
  }

  for (const { url, type = 'image', code } of badNames) {
    const shown = JSON.stringify(url.length > 100 ? `${url.slice(0, 50)}… of ${url.length}` : url)
    test(`clients: ${shown} is refused as ${type} (${code})`, async () => {
      const answer = await service.call('POST', '/oapi/v1/jobs', { type: 'preheat', args: { type, url } })
      assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status}`)
      const { code: said, message } = answer.json as { readonly code: string; readonly message: string }
      assert.equal(said, code, message)
      assertPlain(message, ['password-in-name'])
    })
  }

  test('meanwhile jobs at a registry that means well succeed', async () => {
    for (const { id } of healthy) assert.equal((await service.settled(id)).state, 'SUCCESS')
    const last = await preheatGood('last')
    assert.equal((await service.settled(last.id)).state, 'SUCCESS')
  })

  test('the service still answers, and nothing in it was at fault', async () => {
    // Nobody starts it again: whoever answers here is the one.
    assert.ok(process.kill(pid ?? 0, 0))
    assert.equal((await service.call('GET', '/healthy')).status, 200)
    const open = await service.call('GET', '/oapi/v1/jobs?state=PENDING')
    assert.deepEqual(open.json, [])
    const faults = service
      .output()
      .split('\n')
      .filter((line) => /"level":"error"|unhandled|uncaught/i.test(line))
    assert.deepEqual(faults, [])
  })

  test('the log has nothing in it that was planted there', () => {
    const output = service.output().replaceAll('\n', '')
    assert.doesNotMatch(output, dressing)
    const secrets = [...running.values()].flatMap(({ opened }) => opened.secrets ?? [])
    for (const secret of secrets) assert.equal(output.includes(secret), false, secret)
  })

  test('the memory of the service stays flat', { skip: noProc }, async () => {
    const peak = await peakBytes()
    assert.ok(peak < mostBytes, `${Math.round(peak / 2 ** 20)} MiB`)
  })
})

test('the table has its lines, and no two of one name', () => {
  assert.ok(lines.length >= 60)
  assert.equal(new Set(lines.map(({ name }) => name)).size, lines.length)
})

async function openAll(): Promise<void> {
  directory = await mkdtemp(join(tmpdir(), 'warmfront-hostile-'))
  const [certificate, stranger, otherHost, expired] = await Promise.all([
    makeCertificate(),
    makeCertificate(),
    makeCertificate({ names: 'DNS:other.example.com' }),
    makeCertificate({ expired: true }),
  ])
  const certificates = { certificate, badCertificates: { stranger, otherHost, expired } }
  await writeFile(join(directory, 'ca.crt'), [certificate, otherHost, expired].map(({ ca }) => ca).join('\n'))
  const settings = join(directory, 'warmfront.yaml')
  await writeFile(settings, `job: { preheat: { tls: { caCert: ${JSON.stringify(join(directory, 'ca.crt'))} } } }\n`)
  const opened = await Promise.all(
    lines.map(async (line) => {
      const stage = new Stage(line.name, certificates)
      stages.push(stage)
      return [line, await line.open(stage)] as const
    }),
  )
  good = await startRegistry()
  service = await startService({
    NODE_OPTIONS: `--max-old-space-size=${heapMiB} --import=${new URL('../../support/hostile/resolver.ts', import.meta.url).href}`,
    WARMFRONT_CONFIG: settings,
    WARMFRONT_PEER_CONCURRENCY: '256',
    WARMFRONT_RATE_LIMIT_TOKEN: '0',
    WARMFRONT_RATE_LIMIT_ADDRESS: '0',
    WARMFRONT_ORIGIN_CONNECT_TIMEOUT: '1s',
    WARMFRONT_ORIGIN_FIRST_BYTE_TIMEOUT: '1s',
    WARMFRONT_ORIGIN_NO_PROGRESS_TIMEOUT: '1s',
  })
  pid = service.pid
  const first = await preheatGood('first')
  assert.equal((await service.settled(first.id)).state, 'SUCCESS')
  // The time of a job runs while it waits in the queue, too: those with little of it go first.
  opened.sort(([, one], [, other]) => timeOf(one) - timeOf(other))
  const half = opened.length >> 1
  await Promise.all(opened.slice(0, half).map(submit))
  const middle = await preheatGood('middle')
  await Promise.all(opened.slice(half).map(submit))
  healthy = [middle, await preheatGood('with all of them')]
  assert.equal((await service.call('GET', '/healthy')).status, 200)
}

async function closeAll(): Promise<void> {
  await service?.stop()
  await good?.close()
  await Promise.all(stages.map((stage) => stage.close()))
  await rm(directory, { recursive: true, force: true })
}

const timeOf = ({ args }: Opened): number => Number(args?.['timeout'] ?? withinNs)

async function submit([line, opened]: readonly [Line, Opened]): Promise<void> {
  const job = await service.preheat({ type: 'image', url: opened.url, timeout: withinNs, ...opened.args })
  running.set(line, { opened, job })
}

function preheatGood(tag: string): Promise<Job> {
  const name = tag.replaceAll(' ', '-')
  good.push('good/image', makeImage({ seed: tag, layers: [100_000, 5000] }), name)
  return service.preheat({ type: 'image', url: `${good.host}/good/image:${name}` })
}

async function endsAsItShould(line: Line): Promise<void> {
  const { opened, job } = running.get(line) ?? assert.fail('it was not submitted')
  const { state, error, warnings, result } = await service.settled(job.id)
  const said = [error?.message ?? '', ...(warnings ?? []), ...(result?.job_states ?? []).map((one) => one.error ?? '')]
  const cause = state === 'SUCCESS' ? 'SUCCESS' : error?.code
  assert.equal(cause, line.ends, said.join('\n'))
  if (line.says !== undefined) assert.match(said.join('\n'), line.says)
  for (const text of said) assertPlain(text, opened.secrets)
  opened.check?.()
}

/** Nothing in it but words. */
function assertPlain(text: string, secrets: readonly string[] = []): void {
  assert.ok(text.length < 2000, `a text of ${text.length} characters`)
  assert.doesNotMatch(text, dressing)
  assert.doesNotMatch(text, markup)
  for (const secret of secrets) assert.equal(text.includes(secret), false, secret)
}

/** The most that it ever had in memory. */
async function peakBytes(): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}
