// The embedded peer as a kind of driver: one cache, whichever cluster it stands in.

import { Fields } from '../../kit/fields.ts'
import type { DriverKind } from '../../model/driver.ts'
import type { LocalDriver } from './driver.ts'

/** `hostname`: of this machine. Replicas that share a database have a cache each, and so a peer each. */
export const localKind = (driver: LocalDriver, hostname: string): DriverKind => ({
  open(_cluster, settings) {
    new Fields('settings', settings).done()
    return driver
  },
  // Counts as seed and as ordinary peer, so that every scope works out of the box.
  own: ({ id }) => [
    {
      id: `local-${id}@${hostname}`,
      clusterId: id,
      hostname,
      ip: '127.0.0.1',
      address: '',
      location: '',
      seed: true,
      ordinary: true,
    },
  ],
})
