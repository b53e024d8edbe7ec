// What somebody types into a client to connect it here, in the words of that client's own form. Pure.

import type { Service } from '../../api/types.ts'
import { clients, needsNoToken, type ClientId } from './clients.ts'
import { containerdSteps } from './guide-containerd.ts'
import { harborSteps } from './guide-harbor.ts'
import { curlSteps, generatedSteps } from './guide-rest.ts'
import type { Place, Step } from './step.ts'

export function guideOf(id: ClientId, place: Place): readonly Step[] {
  if (id === 'curl') return curlSteps(place)
  if (id === 'generated') return generatedSteps(place)
  if (id === 'containerd') return containerdSteps(place)
  return harborSteps(id, place)
}

/** What makes the client send its health check. */
export function waitingFor(id: ClientId, service: Service): string {
  if (clients[id].harborToken !== undefined) {
    const open = needsNoToken(id, service) ? ' A call without the token cannot be seen here.' : ''
    return `Waiting for TEST CONNECTION in Harbor.${open}`
  }
  return id === 'containerd' ? 'Waiting for the first pull of a node.' : 'Waiting for the first call.'
}
