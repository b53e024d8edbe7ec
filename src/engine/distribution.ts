// Which peers hold which layers of an image: asked and answered while the caller waits, and nothing is fetched.

import { blobKey, type Artifact, type Blob } from '../model/blob.ts'
import type { Announce } from '../model/event.ts'
import type { ImageRequest, Submission } from '../model/job.ts'
import type { Peer } from '../model/peer.ts'
import type { Crew, Roster } from '../model/driver.ts'
import type { Clock, Origins } from '../model/ports.ts'
import { Desk, type DeskLimits } from './desk.ts'
import { identityOf } from './identity.ts'
import { look, type LookLimits, type Question } from './look.ts'
import { pickClusters } from './pick.ts'

export interface Spread {
  /** Layers and configs, each once. */
  readonly layers: readonly Blob[]
  /** Those that hold at least one of them. */
  readonly peers: readonly { readonly peer: Peer; readonly holds: readonly Blob[] }[]
  /** What is not known, and why. */
  readonly warnings: readonly string[]
}

export interface DistributionPorts {
  readonly origins: Origins
  readonly roster: Pick<Roster, 'clusters' | 'crewOf'>
  readonly clock: Clock
  readonly announce: Announce
}

/** A question about an image. */
export type ImageQuestion = Pick<Submission, 'secrets' | 'clusterIds'> & { readonly request: ImageRequest }

/** Crews that need the same blobs. */
interface Part {
  readonly alike: readonly Crew[]
  readonly artifact: Artifact
}

/** A thousand peers and some dozens of layers: as much as a caller who waits can be answered. */
const looks: LookLimits = { most: 50_000, atOnce: 256, withinMs: 20_000 }

export class Distribution {
  readonly #ports: DistributionPorts
  readonly #desk: Desk

  constructor(ports: DistributionPorts, limits: DeskLimits) {
    this.#ports = ports
    this.#desk = new Desk(ports, limits)
  }

  /** Throws what resolving throws, `cluster.unknown`, `request.too-many`, and `job.deadline`. */
  of(question: ImageQuestion, caller: AbortSignal): Promise<Spread> {
    return this.#desk.serve('The answer', caller, (signal) => this.#find(question, signal))
  }

  async #find({ request, secrets, clusterIds }: ImageQuestion, signal: AbortSignal): Promise<Spread> {
    const { roster, clock } = this.#ports
    const clusters = pickClusters(await roster.clusters(), clusterIds)
    const crews = await Promise.all(clusters.map((cluster) => roster.crewOf(cluster, signal)))
    const parts = await this.#resolve(crews, { request, secrets }, signal)
    const questions = parts.flatMap(({ alike, artifact }) => alike.flatMap((crew) => questionsOf(crew, artifact)))
    const seen = await look(questions, { identity: identityOf(request), clock, limits: looks, signal })
    const layers = parts.flatMap(({ artifact }) => layersOf(artifact))
    return {
      layers: [...new Map(layers.map((blob) => [blobKey(blob), blob])).values()],
      peers: holders(questions.filter((question) => seen.held.has(question))),
      warnings: [...new Set([...parts.flatMap(({ artifact }) => artifact.warnings), ...seen.warnings])],
    }
  }

  /** Clusters that run the same are asked for together; the tag means for all what it means for the first. */
  async #resolve(
    crews: readonly Crew[],
    { request, secrets }: Pick<ImageQuestion, 'request' | 'secrets'>,
    signal: AbortSignal,
  ): Promise<readonly Part[]> {
    const wishOf = ({ cluster }: Crew) => (request.platforms.length > 0 ? [] : cluster.platforms.toSorted())
    const parts: Part[] = []
    for (const [text, alike] of Map.groupBy(crews, (crew) => wishOf(crew).join())) {
      const pinned = parts[0]?.artifact.image?.digest ?? null
      const wish = text === '' ? [] : text.split(',')
      const { artifact } = await this.#ports.origins.resolve(request, secrets, { pinned, wish }, signal)
      parts.push({ alike, artifact })
    }
    return parts
  }
}

/** What Dragonfly lists as layers: all that a manifest refers to (pkg/oci/image.go@66db456). */
const layersOf = ({ blobs }: Artifact): readonly Blob[] =>
  blobs.filter(({ kind }) => kind === 'layer' || kind === 'config')

function questionsOf({ cluster, driver, members }: Crew, artifact: Artifact): readonly Question[] {
  const layers = layersOf(artifact)
  const { image } = artifact
  return members.flatMap(({ peer }) => layers.map((blob) => ({ peer, blob, cluster, driver, image })))
}

function holders(held: readonly Question[]): Spread['peers'] {
  const byPeer = Map.groupBy(held, ({ peer }) => peer.id)
  return [...byPeer.values()].flatMap((own) => {
    const [first] = own
    return first === undefined ? [] : [{ peer: first.peer, holds: own.map(({ blob }) => blob) }]
  })
}
