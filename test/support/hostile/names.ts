// Host names whose answers are a trap; what they mean is in resolver.ts, which is loaded into the service.

import assert from 'node:assert/strict'
import { honest, tagPath, type Line, type Stage } from './stage.ts'

/** A registry that is reached by this name, and gives each connection a single answer. */
const reachedBy = (name: string) => async (stage: Stage) => {
  const image = stage.image()
  const site = await stage.site((ask) => {
    const answer = honest(image, ask)
    return typeof answer === 'function' ? answer : { ...answer, headers: { ...answer.headers, connection: 'close' } }
  })
  return { site, url: `http://${name}.test:${site.port}${tagPath}` }
}

/** Nothing of it may arrive anywhere. */
const deniedName = (name: string, sentence: string, ends: Line['ends'] = 'egress.denied'): Line => ({
  name: sentence,
  ends,
  open: async (stage) => {
    const { site, url } = await reachedBy(name)(stage)
    return { url, check: () => assert.equal(site.asks.length, 0) }
  },
})

export const names: readonly Line[] = [
  {
    name: 'a name that means the metadata address when it is asked a second time',
    ends: 'egress.denied',
    open: async (stage) => {
      const { site, url } = await reachedBy('metadata-after-one')(stage)
      return { url, check: () => assert.ok(site.asks.length <= 1) }
    },
  },
  {
    name: 'a name that means the metadata address once the manifest has been read',
    ends: 'egress.denied',
    open: async (stage) => {
      const { site, url } = await reachedBy('metadata-after-three')(stage)
      return { url, check: () => assert.ok(site.asks.length <= 3) }
    },
  },
  {
    name: 'a name with one address that is denied and one that is not',
    ends: 'SUCCESS',
    open: reachedBy('one-of-two'),
  },
  deniedName('metadata', 'a name that means the metadata address'),
  deniedName('mapped', 'a name that means the metadata address as an IPv6 one'),
  deniedName('loopback-6', 'a name that means ::1'),
  deniedName('unspecified', 'a name that means 0.0.0.0'),
  deniedName('garbage', 'a name whose answer is no address'),
  deniedName('many', 'a name with 10,000 addresses, all denied'),
  deniedName('empty', 'a name with no address', 'registry.unreachable'),
  deniedName('never', 'a name that is never resolved', 'registry.unreachable'),
  deniedName('unknown', 'a name that nobody knows', 'registry.unreachable'),
]
