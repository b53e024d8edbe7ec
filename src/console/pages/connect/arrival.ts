// What came in with a client's token, and whether it is what that client sends. Pure.

import type { Schemas } from '../../api/types.ts'
import { clientIds, clients, type ClientId } from './clients.ts'

type Use = NonNullable<Schemas['Use']>

export interface Arrival {
  readonly isExpected: boolean
  /** What arrived, and what to make of it. */
  readonly text: string
}

export function arrivalOf(id: ClientId, use: Use): Arrival {
  const { contract, operation } = clients[id]
  const what = `${use.operation} of the contract ${use.contract}${use.client === '' ? '' : `, from ${use.client}`}`
  if (use.contract === contract && (operation === null || use.operation === operation)) {
    return { isExpected: true, text: `It is connected: ${what}.` }
  }
  return { isExpected: false, text: `Something else called with this token: ${what}. ${advice(id, use)}` }
}

function advice(id: ClientId, use: Use): string {
  const { contract, operation } = clients[id]
  const expected = `${operation === null ? 'a call' : operation} of the contract ${contract}`
  const others = clientIds.filter((each) => isOf(each, use)).map((each) => clients[each].name)
  const whose = others.length === 0 ? '' : ` That is how these call: ${others.join('; ')}.`
  return `Expected was ${expected}.${whose} A use is noted once a minute, so check once more in a minute.`
}

const isOf = (id: ClientId, use: Use): boolean =>
  clients[id].contract === use.contract && clients[id].operation === use.operation
