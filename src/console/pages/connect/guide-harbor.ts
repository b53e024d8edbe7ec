// How a preheat provider instance is entered in Harbor. Names are those of its form, the same since 2.1
// (goharbor/harbor src/portal/src/i18n/lang/en-us-lang.json and distribution-setup-modal.component.html).

import { clients, needsNoToken, type ClientId } from './clients.ts'
import { chosen, typed, type Place, type Step, type Value } from './step.ts'

export function harborSteps(id: ClientId, place: Place): readonly Step[] {
  const inPath = clients[id].harborToken === 'path'
  return [
    { text: 'In Harbor, go to Administration → Distributions and press NEW INSTANCE.' },
    { text: 'Fill in the form:', values: valuesOf(id, place), warning: inPath ? secretPath : refusedTwice },
    ...optionalToken(id, place),
    {
      text: 'Leave Enable ticked. Tick "Skip certificate verification" only where Harbor does not know the authority of our certificate.',
    },
    { text: 'Press TEST CONNECTION, then OK.' },
    { text: 'In a project, open P2P Preheat, press NEW POLICY and choose the instance as Provider.' },
    ...(clients[id].contract === 'kraken' ? krakenSteps : []),
  ]
}

function valuesOf(id: ClientId, { address, token }: Place): readonly Value[] {
  const { contract, harborToken } = clients[id]
  const last = /[^/]*$/.exec(new URL(address).pathname)?.[0] ?? ''
  const common = [
    chosen('Provider', contract === 'kraken' ? 'Kraken' : 'Dragonfly'),
    typed('Name', last === '' ? 'warmfront' : `warmfront-${last}`),
  ]
  // Up to 2.11 Harbor never reads what it stored of a credential, and any mode but NONE fails before a request goes out.
  if (harborToken === 'path') {
    return [...common, typed('Endpoint', `${address}/t/${token}`), chosen('Auth Mode', 'NONE')]
  }
  return [...common, typed('Endpoint', address), chosen('Auth Mode', 'OAuth'), typed('Token', token)]
}

const refusedTwice =
  'Harbor refuses two instances with the same endpoint: a second one needs a path prefix of its own (WARMFRONT_PATH_PREFIXES).'

const secretPath =
  'These Harbors cannot send a credential, whatever their form offers, so the token stands in the endpoint: treat the endpoint as a secret, and keep it out of the logs of proxies on the way. Harbor refuses two instances with the same endpoint.'

function optionalToken(id: ClientId, { address, service }: Place): readonly Step[] {
  if (!needsNoToken(id, service)) return []
  const way = clients[id].harborToken === 'path' ? `the endpoint ${address} does, too` : 'Auth Mode NONE does, too'
  return [
    {
      text: `The older contracts ask for no token here (legacy_auth is open): ${way}. A call without the token cannot be seen on this page.`,
    },
  ]
}

const krakenSteps: readonly Step[] = [
  {
    text: 'Harbor sends no credential for its images in this mode: for projects that are not public, write one under "registries" in warmfront.yaml. Harbor shows success as soon as a preheat is accepted; how it ends is seen here, under Preheats.',
  },
]
