// A real nginx as a cache before a registry, in a directory that is removed again; it runs as whoever runs the tests.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { startProgram } from './program.ts'
import { requires } from './requires.ts'

/** For a test's `skip` option. */
export const nginxMissing = (): false | string => requires('nginx', 'nginx')

export interface NginxOptions {
  /** Whom it asks: `http://host:port`. */
  readonly upstream: string
  /** `whole`: proxy_cache as it comes. `sliced`: in slices of 64 KiB. `nothing`: it only passes on. */
  readonly keeps: 'whole' | 'sliced' | 'nothing'
}

export interface Nginx {
  /** 127.0.0.1 and the port. */
  readonly address: string
  stop(): Promise<void>
}

export async function startNginx(options: NginxOptions): Promise<Nginx> {
  const directory = await mkdtemp(join(tmpdir(), 'warmfront-nginx-'))
  const clear = () => rm(directory, { recursive: true, force: true })
  const port = await freePort()
  await writeFile(join(directory, 'nginx.conf'), settingsOf(options, port))
  const args = ['-p', directory, '-c', 'nginx.conf', '-e', 'stderr']
  const ready = /start worker process \d+/
  const program = await startProgram('nginx', args, { cwd: directory, ready }).catch(async (error: unknown) => {
    await clear()
    throw error
  })
  return {
    address: `127.0.0.1:${port}`,
    async stop() {
      await program.stop()
      await clear()
    },
  }
}

const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

function settingsOf({ upstream, keeps }: NginxOptions, port: number): string {
  // Of root's workers only: otherwise they would be another user, who may not write here.
  const user = process.getuid?.() === 0 ? `user ${userInfo().username};` : ''
  const sliced = 'slice 64k; proxy_cache_key $uri$slice_range; proxy_set_header Range $slice_range;'
  const caching = `
      proxy_cache blobs;
      proxy_cache_valid 200 206 1h;
      proxy_cache_lock on;
      ${keeps === 'sliced' ? sliced : 'proxy_cache_key $uri;'}`
  return `
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr notice;
${user}
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${name};`).join('\n  ')}
  proxy_cache_path cache keys_zone=blobs:1m;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${upstream};
      proxy_http_version 1.1;
      add_header X-Cache-Status $upstream_cache_status always;${keeps === 'nothing' ? '' : caching}
    }
  }
}
`
}
