// What a client waits for: accepting a job, reading one, and the service becoming healthy.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer, request, type IncomingMessage } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { adminToken, startService } from '../test/support/service.ts'
import type { Figure } from './table.ts'

const calls = 200
const starts = 5
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

/** Milliseconds until the last byte of the answer. Throws for anything but 200. */
async function timed(url: string, method: string, body?: unknown): Promise<number> {
  const begun = performance.now()
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
  const sent = request(url, { method, agent, headers })
  sent.end(body === undefined ? undefined : JSON.stringify(body))
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  if (response.statusCode !== 200) throw new Error(`${method} ${url}: ${response.statusCode}`)
  return performance.now() - begun
}

async function repeat(times: number, run: (n: number) => Promise<number>): Promise<readonly number[]> {
  const runs: number[] = []
  for (let n = 0; n < times; n++) runs.push(await run(n))
  return runs
}

/** The same round trips against a server that answers at once tell what the machine and the protocol take. */
export async function measureCalls(): Promise<readonly Figure[]> {
  const bare = createServer((req, res) => req.resume().on('end', () => res.end('{"ok":true}'))).listen(0, '127.0.0.1')
  await once(bare, 'listening')
  const bareUrl = `http://127.0.0.1:${(bare.address() as AddressInfo).port}/`
  // Nothing is to run beside the measured calls: the jobs wait at a registry that nobody may ask.
  const service = await startService({ WARMFRONT_EGRESS_ALLOW: '' })
  try {
    const body = { type: 'preheat', args: { type: 'image', url: 'http://127.0.0.1:1/v2/library/app/manifests/1.0' } }
    const accept = (): Promise<number> => timed(`${service.url}/oapi/v1/jobs`, 'POST', body)
    const read = (n: number): Promise<number> => timed(`${service.url}/oapi/v1/jobs/${n + 1}`, 'GET')
    const echo = (): Promise<number> => timed(bareUrl, 'POST', body)
    for (const warmUp of [accept, () => read(0), echo]) await repeat(20, warmUp)
    const reference = { name: 'bare node:http', runs: await repeat(calls, echo) }
    return [
      {
        name: 'accept a job',
        unit: 'ms',
        runs: await repeat(calls, accept),
        reference,
        limit: { of: 'figure', most: 20 },
      },
      { name: 'read a job', unit: 'ms', runs: await repeat(calls, read), reference, limit: { of: 'figure', most: 5 } },
    ]
  } finally {
    agent.destroy()
    bare.close()
    await service.stop()
  }
}

const entry = fileURLToPath(new URL('../bin/warmfront.mjs', import.meta.url))

/** Seconds from the start of the process until /healthy answers 200. */
async function startOnce(dataDir: string): Promise<number> {
  const begun = performance.now()
  const env = {
    PATH: process.env['PATH'],
    WARMFRONT_PORT: '0',
    WARMFRONT_DATA_DIR: dataDir,
    WARMFRONT_ADMIN_TOKEN: adminToken,
  }
  const child = spawn(process.execPath, [entry, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let said = ''
      child.stdout.on('data', (chunk: Buffer) => {
        said += String(chunk)
        const match = /listens on (\S+)/.exec(said)
        if (match !== null) resolve(match[1] ?? '')
      })
      child.once('close', () => reject(new Error(`ended before it listened: ${said}`)))
    })
    while (!(await fetch(`${url}/healthy`)).ok) await pause(5)
    return (performance.now() - begun) / 1000
  } finally {
    child.kill('SIGTERM')
    await closed
  }
}

async function bareStart(): Promise<number> {
  const begun = performance.now()
  await once(spawn(process.execPath, ['--eval', '0'], { stdio: 'ignore' }), 'close')
  return (performance.now() - begun) / 1000
}

export async function measureStarts(): Promise<readonly Figure[]> {
  const first: number[] = []
  const again: number[] = []
  const bare: number[] = []
  for (let n = 0; n < starts; n++) {
    const directory = await mkdtemp(join(tmpdir(), 'warmfront-bench-'))
    first.push(await startOnce(join(directory, 'data')))
    again.push(await startOnce(join(directory, 'data')))
    bare.push(await bareStart())
    await rm(directory, { recursive: true })
  }
  const reference = { name: 'node --eval 0', runs: bare }
  return [
    { name: 'first start until healthy', unit: 's', runs: first, reference, limit: { of: 'figure', most: 6 } },
    { name: 'start until healthy', unit: 's', runs: again, reference, limit: { of: 'figure', most: 3 } },
  ]
}
