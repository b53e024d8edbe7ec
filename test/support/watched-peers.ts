// Peers that do nothing but say how they are, over real HTTP, and the driver that asks them.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import type { JsonObject, Peer, PeerHealth } from '../../src/model/peer.ts'
import type { Capabilities, ClusterIdentity, Discovered, DriverKind, PeerDriver } from '../../src/model/driver.ts'
import { Fields } from '../../src/kit/fields.ts'

const can: Capabilities = {
  sharesPieces: false,
  bodyThroughUs: false,
  probe: 'none',
  cancel: 'stops',
  evict: false,
  documents: false,
  files: false,
  resumed: 'believed',
}

export type Behaviour = 'well' | 'busy' | 'hangs' | 'breaks off once'

/** On one port, where it can go and come back. Gone with the test. */
export async function watchedPeer(t: TestContext) {
  let server: Server | undefined
  let port = 0
  const peer = {
    behaviour: 'well' as Behaviour,
    /** How often it was asked. */
    asked: 0,
    address: '',
    async come() {
      server = createServer(answer)
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      const bound = server.address()
      assert.ok(typeof bound === 'object' && bound !== null)
      port = bound.port
    },
    async go() {
      const going = server
      server = undefined
      if (going === undefined) return
      going.close()
      going.closeAllConnections()
      await once(going, 'close')
    },
  }
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    peer.asked++
    if (peer.behaviour === 'breaks off once') {
      peer.behaviour = 'well'
      request.socket.destroy()
    } else if (peer.behaviour !== 'hangs') {
      response.writeHead(peer.behaviour === 'well' ? 200 : 503, { version: '1.2' }).end()
    }
  }
  await peer.come()
  peer.address = `127.0.0.1:${port}`
  t.after(() => peer.go())
  return peer
}

/** `found`, where given, is what its discovery finds. */
export class AskingDriver implements PeerDriver {
  readonly kind = 'asking'
  readonly can = can
  readonly settings: JsonObject
  closed = 0
  declare readonly discover?: () => Promise<readonly Discovered[]>

  constructor(settings: JsonObject, found?: () => Promise<readonly Discovered[]>) {
    this.settings = settings
    if (found !== undefined) this.discover = found
  }

  async health(peer: Peer, signal: AbortSignal): Promise<Omit<PeerHealth, 'checkedAtMs'>> {
    try {
      const asking = get(`http://${peer.address}/`, { agent: false, signal })
      const [response] = (await once(asking, 'response')) as [IncomingMessage]
      response.resume()
      const well = response.statusCode === 200
      const version = String(response.headers['version'])
      return { state: well ? 'up' : 'degraded', detail: well ? '' : 'it is busy', version, diskFree: null, held: null }
    } catch (error) {
      signal.throwIfAborted()
      return { state: 'down', detail: (error as Error).message, version: null, diskFree: null, held: null }
    }
  }

  probe(): never {
    assert.fail('nothing is looked for here')
  }

  warm(): never {
    assert.fail('nothing is warmed here')
  }

  async close(): Promise<void> {
    this.closed++
  }
}

/** Its drivers know one key, `word`. `opened` has those of clusters, not those that were opened to check settings. */
export function askingKind(found?: () => Promise<readonly Discovered[]>) {
  const opened: AskingDriver[] = []
  const open = (cluster: ClusterIdentity, settings: JsonObject): PeerDriver => {
    const fields = new Fields('settings', settings)
    fields.text('word')
    fields.done()
    const driver = new AskingDriver(settings, found)
    if (cluster.id !== 0) opened.push(driver)
    return driver
  }
  const kind: DriverKind = { open }
  return { kind, opened }
}
