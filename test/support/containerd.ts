// A real containerd (Debian's 1.6), as far as it pulls: its own state, its own socket, no container ever runs.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Digest } from '../../src/model/digest.ts'
import { parseDigest } from '../../src/model/digest.ts'
import { type Ended, runProgram, startProgram } from './program.ts'
import { requires } from './requires.ts'

/** For a test's `skip` option. */
export const containerdMissing = (): false | string =>
  requires('containerd', 'containerd') || requires('ctr', 'containerd')

/** A loopback port that needs privileges, so that no test can be listening there. */
const nobody = 'http://127.0.0.1:1'

export interface Containerd {
  /**
   * `ctr content fetch` of all platforms, the reference's registry replaced by the mirror. Nothing stands behind the
   * mirror: the registry's own address is one where nobody listens, so that a success is the mirror's.
   */
  fetch(reference: string, mirrorUrl: string): Promise<Ended>
  /** What is in the content store: manifests, configs and layers. */
  digests(): Promise<readonly Digest[]>
  stop(): Promise<void>
}

export async function startContainerd(): Promise<Containerd> {
  const directory = await mkdtemp(join(tmpdir(), 'warmfront-containerd-'))
  const clear = () => rm(directory, { recursive: true, force: true })
  await writeFile(join(directory, 'config.toml'), settingsIn(directory))
  const ready = /containerd successfully booted/
  const program = await startProgram('containerd', ['--config', 'config.toml'], { cwd: directory, ready }).catch(
    async (error: unknown) => {
      await clear()
      throw error
    },
  )
  const ctr = (...args: string[]) => runProgram('ctr', ['--address', 'socket', ...args], directory)
  return {
    async fetch(reference, mirrorUrl) {
      const hosts = await writeHosts(directory, reference, mirrorUrl)
      return ctr('content', 'fetch', '--all-platforms', '--hosts-dir', hosts, reference)
    },
    async digests() {
      const { ok, output } = await ctr('content', 'ls', '--quiet')
      if (!ok) throw new Error(`ctr could not list the content:\n${output}`)
      return output.split('\n').flatMap((line) => parseDigest(line) ?? [])
    },
    async stop() {
      await program.stop()
      await clear()
    },
  }
}

/** Sockets belong to whoever runs this, and nothing lies outside the directory: so it needs no root. */
function settingsIn(directory: string): string {
  const owner = `uid = ${process.getuid?.() ?? 0}\ngid = ${process.getgid?.() ?? 0}`
  const unneeded = [
    'io.containerd.grpc.v1.cri',
    // These look for kernel modules and file systems when they start.
    ...['aufs', 'btrfs', 'devmapper', 'overlayfs', 'zfs'].map((name) => `io.containerd.snapshotter.v1.${name}`),
  ]
  return `
version = 2
root = "${directory}/root"
state = "${directory}/state"
disabled_plugins = ${JSON.stringify(unneeded)}
[grpc]
address = "${directory}/socket"
${owner}
[ttrpc]
address = "${directory}/socket.ttrpc"
${owner}
[plugins."io.containerd.internal.v1.opt"]
path = "${directory}/opt"
`
}

async function writeHosts(directory: string, reference: string, mirrorUrl: string): Promise<string> {
  const registry = reference.slice(0, reference.indexOf('/'))
  const hosts = await mkdtemp(join(directory, 'hosts-'))
  await mkdir(join(hosts, registry))
  const text = `server = "${nobody}"\n[host."${mirrorUrl}"]\ncapabilities = ["pull", "resolve"]\n`
  await writeFile(join(hosts, registry, 'hosts.toml'), text)
  return hosts
}
