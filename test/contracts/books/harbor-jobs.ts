// What every Harbor makes of a job: that succeeds, that fails in each way, and that is asked for in each way.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requires } from '../../support/requires.ts'
import { makeCertificate } from '../../support/certificates.ts'
import { startRegistry } from '../../support/registry.ts'
import { makeImage } from '../../support/image.ts'
import type { Harbor, Image, Outcome, Policy } from '../harbor/client.ts'
import { isLegacy, type Stage, versions } from '../stage.ts'

export function harborJobs(stage: () => Stage): void {
  for (const version of versions) {
    test(`${version}: an image is warmed, from health to the end`, async () => {
      const harbor = stage().harbor(version)
      const image = stage().push(`library/plain-${version}`)
      const outcome = await harbor.run(image)
      succeeded(outcome)
      assert.match(outcome.log.at(-1) ?? '', /^Task \[[1-9]\d*\] is success with duration: \d+(?:\.\d+)?m?s$/)
      for (const line of outcome.log.slice(0, -1)) {
        assert.match(line, /^Check preheat progress: Task \[\d+\] is (?:pending|running), start time=\d{4}-.*(?:Z|)$/)
      }
    })

    test(`${version}: an index is warmed for several platforms`, async () => {
      const harbor = stage().harbor(version)
      const platforms = ['linux/amd64', 'linux/arm64', 'windows/amd64']
      const outcome = await harbor.run(stage().push(`library/index-${version}`, { platforms, attestations: true }))
      succeeded(outcome)
      const { progress } = await stage().service.job(Number(outcome.taskId))
      // An index, and for each of two platforms a manifest, a config and two layers.
      assert.equal(progress.warm, 9)
    })

    test(`${version}: the same image asked for twice at once succeeds twice, and is fetched once`, async () => {
      const image = stage().push(`library/twice-${version}`)
      const outcomes = await Promise.all([stage().harbor(version).run(image), stage().harbor(version).run(image)])
      for (const outcome of outcomes) succeeded(outcome)
      const again = await stage().harbor(version).run(image)
      succeeded(again)
      const blobs = stage().registry.asked(new RegExp(`/library/twice-${version}/blobs/`), 'GET')
      assert.equal(blobs.length, new Set(blobs.map(({ path }) => path)).size)
    })

    test(`${version}: a job that nobody knows is an error, and so is one that was deleted`, async () => {
      const harbor = stage().harbor(version)
      const unknown = await harbor.follow('987654321')
      assert.equal(unknown.status, 'Error')
      assert.match(unknown.log.at(-1) ?? '', /^GET ['"]http:\S+\/987654321['"] error: 404 Not Found \{.*987654321.*\}$/)
      const { taskId } = await harbor.run(stage().push(`library/deleted-${version}`))
      assert.ok((await stage().rest().call('DELETE', `/oapi/v1/jobs/${taskId}`)).status < 300)
      assert.match((await harbor.follow(taskId)).log.at(-1) ?? '', /error: 404 Not Found/)
    })

    test(`${version}: a cancelled job ends, and says so`, async () => {
      const harbor = stage().harbor(version)
      const image = stage().push(`library/cancelled-${version}`)
      const held = Promise.withResolvers<void>()
      stage().registry.fault({ path: new RegExp(`/cancelled-${version}/blobs/`), held: held.promise })
      const { taskId } = await harbor.preheat(image)
      await stage().rest().ok('POST', `/oapi/v1/jobs/${taskId}/cancel`)
      held.resolve()
      await failed({ stage: stage(), version, outcome: await harbor.follow(taskId), code: 'job.cancelled' })
    })
  }

  for (const { name, code, image } of failures) {
    test(`every Harbor shows the reason: ${name}`, async () => {
      const asked = await image(stage())
      await everyVersion(async (version) => {
        const outcome = await stage().harbor(version).run(asked)
        await failed({ stage: stage(), version, outcome, code })
      })
    })
  }

  test(
    'every Harbor shows the reason: a certificate of an unknown authority',
    { skip: requires('openssl', 'openssl') },
    async (t) => {
      const secure = await startRegistry({ tls: await makeCertificate() })
      t.after(() => secure.close())
      await everyVersion(async (version) => {
        const image = { ...stage().imageOf('library/app'), registry: secure.url }
        const outcome = await stage().harbor(version).run(image)
        await failed({ stage: stage(), version, outcome, code: 'registry.tls-unknown-authority' })
      })
    },
  )

  for (const { versions: who, policies } of policyTable) {
    for (const [row, policy] of policies.entries()) {
      test(`${who.join(', ')}: a policy with ${JSON.stringify(policy)}`, async () => {
        for (const version of who) {
          const image = stage().push(`library/policy-${version}-${row}`)
          succeeded(await stage().harbor(version).run(image, policy))
        }
      })
    }
  }

  test('a policy of 2.12 that asks for single_peer goes no further in 2.13: no request goes out', async () => {
    const image = stage().imageOf('library/single-peer')
    const { outcome, error } = await stage().harbor('v2.13.0').preheat(image, { scope: 'single_peer' })
    assert.deepEqual({ outcome, error }, { outcome: 'error', error: 'invalid scope: single_peer' })
    assert.deepEqual(stage().registry.asked(/single-peer/), [])
  })

  test('a cluster that is not there is refused at once, and by its name', async () => {
    const { outcome, error } = await stage()
      .harbor('v2.15.2')
      .preheat(stage().push('library/no-cluster'), { clusterIds: [77] })
    assert.equal(outcome, 'error')
    assert.match(error, /^POST ".*\/oapi\/v1\/jobs" error: 4\d\d .*no cluster 77/)
  })
}

/** All at once, as a mixed fleet would. */
export async function everyVersion(each: (version: string) => Promise<void>): Promise<void> {
  await Promise.all(versions.map(each))
}

export function succeeded({ status, log }: Outcome): void {
  assert.equal(status, 'Success', log.join('\n'))
}

interface Failing {
  readonly stage: Stage
  readonly version: string
  readonly outcome: Outcome
  readonly code: string
}

/** Harbor's user must read the reason and the hint, on one line, and nothing that breaks the driver's decoding. */
export async function failed({ stage, version, outcome, code }: Failing): Promise<void> {
  assert.equal(outcome.status, 'Error')
  const job = await stage.service.job(Number(outcome.taskId))
  assert.equal(job.error?.code, code, JSON.stringify(job.error))
  const line = outcome.log.at(-1) ?? ''
  assert.equal(line.includes('\n'), false)
  assert.equal(line.includes('preheat task already exists'), false)
  const before = isLegacy(version)
    ? /^GET \S+ error: [45]\d\d [A-Za-z ]+ /
    : /^preheat failed: Task \[\d+\] is fail with error: /
  assert.match(line, before)
  const shown = textsIn(JSON.parse(line.replace(before, '')) as unknown)
  const { message, hint } = job.error
  assert.ok(
    shown.some((text) => text.includes(message)),
    line,
  )
  assert.ok(
    shown.some((text) => text.includes(hint)),
    line,
  )
}

const textsIn = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : Object.values(Object(value) as object).flatMap(textsIn)

const policyTable: readonly { readonly versions: readonly string[]; readonly policies: readonly Policy[] }[] = [
  { versions: ['v2.12.0'], policies: [{}, { scope: 'single_peer' }, { scope: 'all_peers' }] },
  {
    versions: ['v2.13.0', 'v2.15.2'],
    policies: [
      {},
      { scope: 'single_seed_peer' },
      { scope: 'all_seed_peers' },
      { scope: 'all_peers' },
      { clusterIds: [] },
      { clusterIds: [1] },
      { clusterIds: [null] },
      { scope: 'all_peers', clusterIds: [0, 1] },
    ],
  },
]

interface FailureCase {
  readonly name: string
  readonly code: string
  readonly image: (stage: Stage) => Image | Promise<Image>
}

const pushWith =
  (repository: string, fault: { readonly path: string; readonly status?: number; readonly body?: string }) =>
  (stage: Stage): Image => {
    stage.registry.fault({ ...fault, path: new RegExp(`/v2/${repository}/${fault.path}`) })
    return stage.push(repository)
  }

const failures: readonly FailureCase[] = [
  { name: 'a tag that is not there', code: 'registry.not-found', image: (stage) => stage.imageOf('library/absent') },
  {
    name: "Harbor's token has expired",
    code: 'registry.denied',
    image: (stage) => ({ ...stage.push('library/expired'), authorization: 'Bearer expired' }),
  },
  {
    name: 'a policy of the project forbids the pull',
    code: 'registry.refused',
    image: pushWith('library/vulnerable', {
      path: 'manifests/',
      status: 412,
      body: '{"errors":[{"code":"PROJECTPOLICYVIOLATION","message":"1 <critical> & \\"fixable\\" vulnerability"}]}',
    }),
  },
  {
    name: 'a manifest that is none',
    code: 'registry.invalid',
    image: pushWith('library/nonsense', { path: 'manifests/', body: '{"schemaVersion":2,' }),
  },
  {
    name: 'an index without images',
    code: 'registry.no-platform',
    image: (stage) => stage.push('library/nothing', { platforms: [] }),
  },
  {
    name: 'an address that the egress policy denies',
    code: 'egress.denied',
    image: (stage) => ({ ...stage.imageOf('library/metadata'), registry: 'http://169.254.169.254' }),
  },
  {
    name: 'a registry where nobody answers',
    code: 'registry.unreachable',
    image: async (stage) => {
      const gone = await startRegistry()
      await gone.close()
      return { ...stage.imageOf('library/app'), registry: gone.url }
    },
  },
  {
    name: 'a registry that is too busy',
    code: 'registry.busy',
    image: pushWith('library/busy', { path: 'manifests/', status: 503 }),
  },
  {
    name: 'bytes that are not those of the digest',
    code: 'registry.wrong-digest',
    image: pushWith('library/damaged', { path: 'blobs/', body: 'x' }),
  },
  {
    name: 'one layer of several is missing',
    code: 'registry.not-found',
    image: (stage) => {
      const image = makeImage({ seed: 'library/partial', layers: [1000, 2000, 3000] })
      stage.registry.push('library/partial', image, '1.0')
      const [digest] = [...image.blobs.keys()].slice(-1)
      stage.registry.fault({ path: new RegExp(`/library/partial/blobs/${digest}`), status: 404 })
      return stage.imageOf('library/partial', image.top.digest)
    },
  },
]

/** For cases that need no more than a Harbor that gets an image warmed. */
export async function works(stage: Stage, harbor: Harbor, repository: string): Promise<void> {
  assert.equal((await harbor.health()).harborStatus, 'Healthy')
  succeeded(await harbor.run(stage.push(repository)))
}
