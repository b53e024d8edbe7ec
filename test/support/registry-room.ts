// A registry with one image in it, and the registry room that asks it; both are closed with the test.

import type { TestContext } from 'node:test'
import type { JobSecrets } from '../../src/model/job.ts'
import type { RegistryOptions as RoomOptions } from '../../src/registry/resolver.ts'
import { makeImage, type MadeImage } from './image.ts'
import { asNamed, imageRequest, makeOrigins, testSignal } from './origins.ts'
import { startRegistry, type RegistryOptions } from './registry.ts'

interface RegistryRoomOptions {
  readonly registry?: RegistryOptions
  /** Pushed as library/app:latest. Default: one for amd64 and arm64. */
  readonly image?: MadeImage
  /** Of the room, which may depend on what the registry is called. */
  readonly room?: (host: string) => Partial<RoomOptions>
}

export async function openRegistryRoom(t: TestContext, options: RegistryRoomOptions = {}) {
  const { image = makeImage({ platforms: ['linux/amd64', 'linux/arm64'] }), room = () => ({}) } = options
  const registry = await startRegistry(options.registry)
  registry.push('library/app', image, 'latest')
  const { origins, http } = makeOrigins(room(registry.host))
  t.after(async () => {
    await http.close()
    await registry.close()
  })
  const name = `${registry.host}/library/app`
  const resolve = (change: Parameters<typeof imageRequest>[1] = {}, secrets: JobSecrets = {}) =>
    origins.resolve(imageRequest(name, change), secrets, asNamed, testSignal())
  return { registry, origins, http, image, name, resolve }
}
