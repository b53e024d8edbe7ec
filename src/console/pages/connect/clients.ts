// The clients that can be connected, and what each needs of this service. Pure.

import type { Scope, Service } from '../../api/types.ts'

export type ClientId = 'harbor' | 'harbor-old' | 'kraken' | 'kraken-old' | 'curl' | 'generated' | 'containerd'

export interface Client {
  readonly name: string
  /** For whom it is, in a few words. */
  readonly about: string
  /** The contract that it speaks. */
  readonly contract: string
  /** Its health check, as docs/contracts.md has it; null: any call shows that it is there. */
  readonly operation: string | null
  /** What its token has to allow. */
  readonly scope: Scope
  /** How the names of its tokens begin. */
  readonly tokenName: string
  /** Where a Harbor sends its token: 2.12 is the first one that sends stored credentials at all. */
  readonly harborToken?: 'form' | 'path'
}

export const clients: Readonly<Record<ClientId, Client>> = {
  harbor: {
    name: 'Harbor 2.12 and later',
    about: 'provider Dragonfly',
    contract: 'open-api',
    operation: 'healthy',
    scope: 'job',
    tokenName: 'harbor',
    harborToken: 'form',
  },
  'harbor-old': {
    name: 'Harbor 2.1 to 2.11',
    about: 'provider Dragonfly',
    contract: 'preheats',
    operation: 'ping',
    scope: 'job',
    tokenName: 'harbor',
    harborToken: 'path',
  },
  kraken: {
    name: 'Harbor 2.12 and later, Kraken',
    about: 'provider Kraken',
    contract: 'kraken',
    operation: 'health',
    scope: 'job',
    tokenName: 'kraken',
    harborToken: 'form',
  },
  'kraken-old': {
    name: 'Harbor 2.1 to 2.11, Kraken',
    about: 'provider Kraken',
    contract: 'kraken',
    operation: 'health',
    scope: 'job',
    tokenName: 'kraken',
    harborToken: 'path',
  },
  curl: {
    name: 'curl',
    about: 'a shell, a pipeline',
    contract: 'open-api',
    operation: 'healthy',
    scope: 'job',
    tokenName: 'curl',
  },
  generated: {
    name: 'A generated client',
    about: 'from the OpenAPI document',
    contract: 'open-api',
    operation: null,
    scope: 'job',
    tokenName: 'client',
  },
  containerd: {
    name: 'containerd',
    about: 'nodes that pull what is warm',
    contract: 'mirror',
    operation: null,
    scope: 'job:read',
    tokenName: 'containerd',
  },
}

export const clientIds: readonly ClientId[] = [
  'harbor',
  'harbor-old',
  'kraken',
  'kraken-old',
  'curl',
  'generated',
  'containerd',
]

export const clientIdOf = (text: string | null): ClientId | undefined => clientIds.find((id) => id === text)

/** A contract that is switched off has no clients. */
export const isServed = (id: ClientId, { contracts }: Service): boolean => contracts.includes(clients[id].contract)

/** What is switched off, each with the clients that it leaves out. */
export function switchedOff(service: Service): readonly string[] {
  const off = clientIds.filter((id) => !isServed(id, service))
  const contracts = [...new Set(off.map((id) => clients[id].contract))]
  return contracts.map((contract) => {
    const names = off.filter((id) => clients[id].contract === contract).map((id) => clients[id].name)
    return `${contract} (${names.join('; ')})`
  })
}

/** Whether the client may do without a token, whose calls then cannot be told apart on the page. */
export const needsNoToken = (id: ClientId, service: Service): boolean =>
  service.legacy_auth === 'open' && ['preheats', 'kraken'].includes(clients[id].contract)

/** Such as `harbor-2026-11-21-1530`, in the local zone; with the seconds where that one is taken. */
export function tokenName(id: ClientId, at: Date, withSeconds = false): string {
  const two = (number: number): string => String(number).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  const seconds = withSeconds ? two(at.getSeconds()) : ''
  return `${clients[id].tokenName}-${day}-${two(at.getHours())}${two(at.getMinutes())}${seconds}`
}
