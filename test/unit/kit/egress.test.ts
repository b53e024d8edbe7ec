// The egress policy: every spelling of an address that must not be reached, and what may be allowed beyond it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EgressPolicy } from '../../../src/kit/egress.ts'

/** address → the rule for a registry, the rule for a file */
const judged: readonly (readonly [string, string | undefined, string | undefined])[] = [
  ['8.8.8.8', undefined, undefined],
  ['2606:4700::1111', undefined, undefined],
  ['127.0.0.1', 'loopback', 'loopback'],
  ['127.255.255.254', 'loopback', 'loopback'],
  ['::1', 'loopback', 'loopback'],
  ['[::1]', 'loopback', 'loopback'],
  ['0:0:0:0:0:0:0:1', 'loopback', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback', 'loopback'],
  ['::ffff:7f00:1', 'loopback', 'loopback'],
  ['::127.0.0.1', 'loopback', 'loopback'],
  ['64:ff9b::127.0.0.1', 'loopback', 'loopback'],
  ['64:ff9b::7f00:1', 'loopback', 'loopback'],
  ['2002:7f00:1::', 'loopback', 'loopback'],
  ['169.254.169.254', 'metadata', 'metadata'],
  ['::ffff:169.254.169.254', 'metadata', 'metadata'],
  ['::ffff:a9fe:a9fe', 'metadata', 'metadata'],
  ['::169.254.169.254', 'metadata', 'metadata'],
  ['64:ff9b::a9fe:a9fe', 'metadata', 'metadata'],
  ['2002:a9fe:a9fe::1', 'metadata', 'metadata'],
  ['fd00:ec2::254', 'metadata', 'metadata'],
  ['100.100.100.200', 'metadata', 'metadata'],
  ['168.63.129.16', 'metadata', 'metadata'],
  ['169.254.1.1', 'link-local', 'link-local'],
  ['fe80::1', 'link-local', 'link-local'],
  ['fe80::1%eth0', 'link-local', 'link-local'],
  ['0.0.0.0', 'unspecified', 'unspecified'],
  ['::', 'unspecified', 'unspecified'],
  ['::ffff:0.0.0.0', 'unspecified', 'unspecified'],
  ['0.1.2.3', 'this-network', 'this-network'],
  ['224.0.0.1', 'multicast', 'multicast'],
  ['ff02::1', 'multicast', 'multicast'],
  ['255.255.255.255', 'broadcast', 'broadcast'],
  ['240.0.0.1', 'reserved', 'reserved'],
  ['192.0.2.1', 'reserved', 'reserved'],
  ['198.18.0.1', 'reserved', 'reserved'],
  ['2001:db8::1', 'reserved', 'reserved'],
  ['2001:0:1::1', 'reserved', 'reserved'],
  ['64:ff9b:1::a9fe:a9fe', 'reserved', 'reserved'],
  ['10.0.0.1', undefined, 'private'],
  ['172.16.0.1', undefined, 'private'],
  ['172.32.0.1', undefined, undefined],
  ['192.168.1.1', undefined, 'private'],
  ['100.64.0.1', undefined, 'private'],
  ['fd12:3456::1', undefined, 'private'],
  ['::ffff:10.0.0.1', undefined, 'private'],
  ['2002:a00:1::', undefined, 'private'],
  ['example.com', 'not-an-address', 'not-an-address'],
  ['', 'not-an-address', 'not-an-address'],
]

for (const [address, forRegistry, forFile] of judged) {
  test(`${JSON.stringify(address)}: ${forRegistry ?? 'may be reached'} for registries, ${forFile ?? 'may be reached'} for files`, () => {
    const policy = new EgressPolicy()
    assert.equal(policy.denies({ host: 'h', address, purpose: 'registry' }), forRegistry)
    assert.equal(policy.denies({ host: 'h', address, purpose: 'file' }), forFile)
  })
}

/** allow, host, address → the rule for a file */
const allowed: readonly (readonly [readonly string[], string, string, string | undefined])[] = [
  [['127.0.0.0/8'], 'h', '127.0.0.1', undefined],
  [['127.0.0.0/8'], 'h', '::ffff:127.0.0.1', undefined],
  [['127.0.0.0/8'], 'h', '::1', 'loopback'],
  [['127.0.0.0/8'], 'h', '10.0.0.1', 'private'],
  [['::1'], 'h', '::1', undefined],
  [['10.1.0.0/16'], 'h', '10.1.2.3', undefined],
  [['10.1.0.0/16'], 'h', '10.2.2.3', 'private'],
  [['registry.example.com'], 'Registry.Example.com', '10.0.0.1', undefined],
  [['registry.example.com'], 'registry.example.com.', '10.0.0.1', undefined],
  [['registry.example.com'], 'evil.example.com', '10.0.0.1', 'private'],
  [['*.example.com'], 'a.b.example.com', '10.0.0.1', undefined],
  [['*.example.com'], 'example.com', '10.0.0.1', 'private'],
  [['*.example.com'], 'evilexample.com', '10.0.0.1', 'private'],
]

for (const [allow, host, address, expected] of allowed) {
  test(`with ${allow.join(', ')} allowed, ${address} of ${host} is ${expected ?? 'reached'}`, () => {
    assert.equal(new EgressPolicy(allow).denies({ host, address, purpose: 'file' }), expected)
  })
}

test('what is neither a network nor a host is refused by name', () => {
  for (const item of ['not a host', '10.0.0.0/33', '', '*', 'a/b'])
    assert.throws(() => new EgressPolicy([item]), RangeError)
})
