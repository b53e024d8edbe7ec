// What hostile clients name: it is refused at the door, and no registry ever hears of it.

import type { FailureCode } from '../../../src/model/failure.ts'

export interface BadName {
  readonly url: string
  readonly type?: 'image' | 'file'
  readonly code: FailureCode
}

const digest = `sha256:${'a'.repeat(64)}`

/** After `127.0.0.1:1/`. */
const images: readonly string[] = [
  'hostile/image:../../etc/passwd',
  'hostile/image:..',
  'hostile/image:latest/../../secret',
  'hostile/image:%2e%2e%2fsecret',
  'hostile/%2e%2e/secret:1',
  'hostile/../secret:1',
  '../secret:1',
  './secret:1',
  '/etc/passwd',
  'hostile//image:1',
  'hostile\\image:1',
  'hostile/image@sha256:../../../etc/passwd',
  `hostile/image@${digest}/../x`,
  `hostile/image@${digest.toUpperCase()}`,
  `hostile/image@sha512:${'a'.repeat(64)}`,
  `hostile/image@md5:${'a'.repeat(32)}`,
  `hostile/image@${digest}@${digest}`,
  'hostile/image:1?x=http://169.254.169.254/',
  'hostile/image:1#x',
  'hostile/image:1\0',
  'hostile/image:1\nHost: other',
  'hostile/image:1\r\nX-Injected: 1',
  'hostile/image:1\u2028',
  'hostile/image:１',
  `hostile/image:${'x'.repeat(129)}`,
  `${'x/'.repeat(200)}image:1`,
  `${'x'.repeat(5000)}:1`,
  'HOSTILE/image:1',
  'hostile/image:',
  'hostile/image@',
  '${jndi:ldap://169.254.169.254/x}',
  "image:1'; drop table jobs; --",
]

const addresses: readonly string[] = [
  'http://user@127.0.0.1:1/hostile/image:1',
  'http://user:password-in-name@127.0.0.1:1/hostile/image:1',
  'user@127.0.0.1:1/hostile/image:1',
  'file:///etc/passwd',
  'ftp://127.0.0.1/hostile/image:1',
  'http://127.0.0.1:99999/hostile/image:1',
  'http://127.0.0.1:0/hostile/image:1',
  'http://[::1/hostile/image:1',
  'http://127.0.0.1%00.example.com/hostile/image:1',
  'http:///hostile/image:1',
  'http://127.0.0.1:1/v2/hostile/image/blobs/sha256:aa',
  'http://127.0.0.1:1/v2/../admin/manifests/1',
  'http://127.0.0.1:1/v2/hostile/image/manifests/../../../x',
  'http://127.0.0.1:1/a/../b/v2/hostile/image/manifests/1',
  'http://127.0.0.1:1/%2e%2e/v2/hostile/image/manifests/1',
]

const files: readonly string[] = [
  'file:///etc/passwd',
  'ftp://127.0.0.1/x',
  'data:text/plain,x',
  '/etc/passwd',
  'http://user:password-in-name@127.0.0.1:1/x',
  'http://127.0.0.1:99999/x',
  'not an address',
]

export const badNames: readonly BadName[] = [
  ...images.map((name): BadName => ({ url: `127.0.0.1:1/${name}`, code: 'reference.invalid' })),
  ...addresses.map((url): BadName => ({ url, code: 'reference.invalid' })),
  ...files.map((url): BadName => ({ url, type: 'file', code: 'request.invalid' })),
  { url: `127.0.0.1:1/${'x'.repeat(9000)}`, code: 'request.invalid' },
]
