// Answers written by hand, for what no HTTP server would send.

import type { Socket } from 'node:net'
import { honest, imageAt, isManifest, type Answer, type Stage } from './stage.ts'

export const crlf = '\r\n'
export const isHead = (head: string): boolean => head.startsWith('HEAD ')
export const headOf = (...lines: readonly string[]): string => ['HTTP/1.1 200 OK', ...lines, '', ''].join(crlf)

/** The same for every request. */
export const raw = (answer: (socket: Socket, head: string) => void) => async (stage: Stage) => ({
  url: imageAt(await stage.raw(answer)),
})

/** The same words for every request; HTTP says what they would mean. */
export const says = (text: string) => raw((socket) => socket.write(text, 'latin1'))

/** Every manifest is answered so. */
export const manifests = (answer: Answer) => async (stage: Stage) => ({
  url: imageAt(await stage.registry((ask) => (isManifest(ask) ? answer : undefined))),
})

/** Serves its image, with these bytes written by hand where a manifest is asked for. */
export const manifestAs =
  (write: (socket: Socket, manifest: Buffer, headers: readonly string[]) => void) => async (stage: Stage) => {
    const image = stage.image()
    const { bytes, digest, mediaType } = image.top
    const site = await stage.raw((socket, head) => {
      const [, path = ''] = head.split(' ')
      const answer = honest(image, { method: 'GET', path, headers: {}, before: 0 })
      const body = typeof answer === 'object' && Buffer.isBuffer(answer.body) ? answer.body : Buffer.alloc(0)
      const headers = [`Content-Type: ${mediaType}`, `Docker-Content-Digest: ${digest}`]
      if (isHead(head)) socket.write(headOf(...headers, `Content-Length: ${bytes.length}`))
      else if (path.includes('/manifests/')) write(socket, bytes, headers)
      else socket.write(Buffer.concat([Buffer.from(headOf(`Content-Length: ${body.length}`)), body]))
    })
    return { url: imageAt(site) }
  }
