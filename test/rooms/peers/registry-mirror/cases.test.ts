// The case book of peer drivers, over every kind of mirror.

import { peerDriverCases, type DriverCase } from '../../../conformance/peer-driver.cases.ts'
import { openBench } from './bench.ts'
import { dockerRegistry, harbor, kinds, kraken, zot } from './kinds.ts'

type Unlike = Partial<Record<DriverCase, string>>

const unlike = new Map<string, Unlike>([
  [
    dockerRegistry.name,
    { '50 at once cause one fetch': '2.8 fetches each blob twice: for its client, and for its store' },
  ],
  [
    zot.name,
    {
      'wrong bytes are refused, and asking again does not find them in place':
        'its unit is the image, and no blob beside it is asked of the origin',
      'a blob that the origin does not have is refused': 'the same',
      'a cancelled warming stops, or the driver says that it cannot': 'the same',
    },
  ],
  [harbor.name, { '50 at once cause one fetch': 'Harbor fetches each blob twice: for its client, and for its store' }],
  [
    kraken.name,
    {
      'wrong bytes are refused, and asking again does not find them in place':
        'what does not hash is for the swarm as if nobody had it, and the agent says so',
    },
  ],
])

for (const kind of kinds) {
  if (kind.skip === false) peerDriverCases(kind.name, () => openBench(kind), unlike.get(kind.name))
}
