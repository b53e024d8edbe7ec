// Certificates for tests, made by the openssl program (Debian package openssl) in a directory that is removed again.

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Certificate {
  /** PEM of the authority to trust. */
  readonly ca: string
  readonly cert: string
  readonly key: string
}

export interface CertificateOptions {
  /** As openssl writes subjectAltName. Default: localhost and 127.0.0.1. */
  readonly names?: string
  /** Ended yesterday. */
  readonly expired?: boolean
}

/** A certificate by an authority of its own: two of them never trust each other. */
export async function makeCertificate(options: CertificateOptions = {}): Promise<Certificate> {
  const { names = 'DNS:localhost,IP:127.0.0.1', expired = false } = options
  const directory = await mkdtemp(join(tmpdir(), 'warmfront-certificates-'))
  const openssl = (...args: string[]) => run('openssl', args, { cwd: directory })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  try {
    await writeFile(join(directory, 'extensions'), `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`)
    const authority = ['-subj', '/CN=Test authority', '-addext', 'keyUsage=critical,keyCertSign']
    await openssl('req', '-x509', ...newKey, ...authority, '-days', '2', '-keyout', 'ca.key', '-out', 'ca.crt')
    await openssl('req', ...newKey, '-subj', '/CN=test registry', '-keyout', 'tls.key', '-out', 'tls.csr')
    const signing = ['x509', '-req', '-in', 'tls.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial']
    // -days may be negative: the certificate then ended before it began, which every client calls expired.
    await openssl(...signing, '-days', expired ? '-1' : '2', '-out', 'tls.crt', '-extfile', 'extensions')
    const read = (name: string) => readFile(join(directory, name), 'utf8')
    return { ca: await read('ca.crt'), cert: await read('tls.crt'), key: await read('tls.key') }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
