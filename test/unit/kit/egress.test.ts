// The egress policy: every spelling of an address that must not be reached, and what may be allowed beyond it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EgressPolicy, type EgressOptions } from '../../../src/kit/egress.ts'

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
  ['::ffff:0:169.254.169.254', 'metadata', 'metadata'],
  ['::ffff:0:a9fe:a9fe', 'metadata', 'metadata'],
  ['2001:4860::5efe:169.254.169.254', 'metadata', 'metadata'],
  ['2001:4860:1:2:200:5efe:a9fe:a9fe', 'metadata', 'metadata'],
  ['0:0:0:0:0:FFFF:A9FE:A9FE', 'metadata', 'metadata'],
  ['0000:0000:0000:0000:0000:ffff:169.254.169.254', 'metadata', 'metadata'],
  ['169.254.170.2', 'metadata', 'metadata'],
  ['fd00:ec2::254', 'metadata', 'metadata'],
  ['fd20:ce::254', 'metadata', 'metadata'],
  ['100.100.100.200', 'metadata', 'metadata'],
  ['168.63.129.16', 'metadata', 'metadata'],
  ['169.254.1.1', 'link-local', 'link-local'],
  ['fe80::1', 'link-local', 'link-local'],
  ['fe80::1%eth0', 'link-local', 'link-local'],
  ['0.0.0.0', 'unspecified', 'unspecified'],
  ['::', 'unspecified', 'unspecified'],
  ['::0.0.0.2', 'this-network', 'this-network'],
  ['::ffff:0.0.0.0', 'unspecified', 'unspecified'],
  ['0.1.2.3', 'this-network', 'this-network'],
  ['224.0.0.1', 'multicast', 'multicast'],
  ['ff02::1', 'multicast', 'multicast'],
  ['255.255.255.255', 'broadcast', 'broadcast'],
  ['240.0.0.1', 'reserved', 'reserved'],
  ['192.0.2.1', 'reserved', 'reserved'],
  ['198.18.0.1', 'reserved', 'reserved'],
  ['2001:db8::1', 'reserved', 'reserved'],
  ['2001:0:808:808::f7f7:f7f7', 'reserved', 'reserved'],
  ['2001:2::1', 'reserved', 'reserved'],
  ['2001:20::1', 'reserved', 'reserved'],
  ['2001:200::1', undefined, undefined],
  ['3fff::1', 'reserved', 'reserved'],
  ['5f00::1', 'reserved', 'reserved'],
  ['100::1', 'reserved', 'reserved'],
  ['100:0:0:1::1', 'reserved', 'reserved'],
  ['fec0::1', 'reserved', 'reserved'],
  ['192.0.0.192', 'reserved', 'reserved'],
  ['192.88.99.1', 'reserved', 'reserved'],
  ['198.51.100.1', 'reserved', 'reserved'],
  ['203.0.113.1', 'reserved', 'reserved'],
  ['64:ff9b:1::a9fe:a9fe', 'reserved', 'reserved'],
  ['10.0.0.1', undefined, 'private'],
  ['172.16.0.1', undefined, 'private'],
  ['172.32.0.1', undefined, undefined],
  ['192.168.1.1', undefined, 'private'],
  ['100.64.0.1', undefined, 'private'],
  ['fd12:3456::1', undefined, 'private'],
  ['::ffff:10.0.0.1', undefined, 'private'],
  ['2002:a00:1::', undefined, 'private'],
  ['64:ff9b::10.0.0.1', undefined, 'private'],
  ['::ffff:0:10.0.0.1', undefined, 'private'],
  ['2002:808:808::', undefined, undefined],
  ['64:ff9b::8.8.8.8', undefined, undefined],
  ['1:2:3:4:5:6:7:8', undefined, undefined],
  ['999.1.1.1', 'not-an-address', 'not-an-address'],
  ['1.2.3.4.5', 'not-an-address', 'not-an-address'],
  ['0x7f.1', 'not-an-address', 'not-an-address'],
  ['example.com', 'not-an-address', 'not-an-address'],
  ['', 'not-an-address', 'not-an-address'],
]

for (const [address, forRegistry, forFile] of judged) {
  test(`${JSON.stringify(address)}: ${forRegistry ?? 'may be reached'} for registries, ${forFile ?? 'may be reached'} for files`, () => {
    const policy = new EgressPolicy()
    assert.equal(policy.denies({ host: 'h', address, port: 443, purpose: 'registry' }), forRegistry)
    assert.equal(policy.denies({ host: 'h', address, port: 443, purpose: 'file' }), forFile)
  })
}

const usual = { from: 443, to: 443 }

/** The settings, host, address, port → the rule for a file */
const set: readonly (readonly [EgressOptions, string, string, number, string | undefined])[] = [
  [{ allow: ['127.0.0.0/8'] }, 'h', '127.0.0.1', 443, undefined],
  [{ allow: ['127.0.0.0/8'] }, 'h', '::ffff:127.0.0.1', 443, undefined],
  [{ allow: ['127.0.0.0/8'] }, 'h', '64:ff9b::127.0.0.1', 443, undefined],
  [{ allow: ['127.0.0.0/8'] }, 'h', '::1', 443, 'loopback'],
  [{ allow: ['127.0.0.0/8'] }, 'h', '10.0.0.1', 443, 'private'],
  [{ allow: ['::1'] }, 'h', '::1', 443, undefined],
  [{ allow: ['10.1.0.0/16'] }, 'h', '10.1.2.3', 443, undefined],
  [{ allow: ['10.1.0.0/16'] }, 'h', '10.2.2.3', 443, 'private'],
  [{ allow: ['registry.example.com'] }, 'Registry.Example.com', '10.0.0.1', 443, undefined],
  [{ allow: ['registry.example.com'] }, 'registry.example.com.', '10.0.0.1', 443, undefined],
  [{ allow: ['registry.example.com'] }, 'evil.example.com', '10.0.0.1', 443, 'private'],
  [{ allow: ['*.example.com'] }, 'a.b.example.com', '10.0.0.1', 443, undefined],
  [{ allow: ['*.example.com'] }, 'example.com', '10.0.0.1', 443, 'private'],
  [{ allow: ['*.example.com'] }, 'evilexample.com', '10.0.0.1', 443, 'private'],
  // An allowed network of IPv6 does not allow every address of IPv4 that can be written into it.
  [{ allow: ['64:ff9b::/96'] }, 'h', '64:ff9b::169.254.169.254', 443, 'metadata'],
  [{ allow: ['2001::/32'] }, 'h', '2001::a00:1:0:0:f7f7:f7f7', 443, 'private'],
  [{ allow: ['2001::/32'] }, 'h', '2001:0:808:808::5601:5601', 443, 'metadata'],
  [{ allow: ['2001::/32', '10.0.0.0/8'] }, 'h', '2001:0:a00:1::5601:5601', 443, 'metadata'],
  [{ allow: ['2001::/32'] }, 'h', '2001:0:808:808::f7f7:f7f7', 443, undefined],

  [{ deny: ['8.8.0.0/16'] }, 'h', '8.8.8.8', 443, 'denied-by-settings'],
  [{ deny: ['8.8.0.0/16'] }, 'h', '8.9.8.8', 443, undefined],
  [{ deny: ['8.8.0.0/16'] }, 'h', '::ffff:8.8.8.8', 443, 'denied-by-settings'],
  [{ deny: ['8.8.0.0/16'] }, 'h', '::ffff:808:808', 443, 'denied-by-settings'],
  [{ deny: ['8.8.0.0/16'] }, 'h', '::8.8.8.8', 443, 'denied-by-settings'],
  [{ deny: ['8.8.0.0/16'] }, 'h', '::ffff:0:8.8.8.8', 443, 'denied-by-settings'],
  [{ deny: ['8.8.0.0/16'] }, 'h', '64:ff9b::808:808', 443, 'denied-by-settings'],
  [{ deny: ['8.8.0.0/16'] }, 'h', '2002:808:808::1', 443, 'denied-by-settings'],
  [{ deny: ['8.8.8.8'] }, '8.8.8.8', '8.8.8.8', 443, 'denied-by-settings'],
  [{ deny: ['2606:4700::/32'] }, '[2606:4700::1]', '2606:4700::1', 443, 'denied-by-settings'],
  [{ deny: ['evil.example.com'] }, 'EVIL.example.com.', '8.8.8.8', 443, 'denied-by-settings'],
  [{ deny: ['evil.example.com'] }, 'a.evil.example.com', '8.8.8.8', 443, undefined],
  [{ deny: ['*.example.com'] }, 'a.b.example.com', '8.8.8.8', 443, 'denied-by-settings'],
  [{ deny: ['*.example.com'] }, 'example.com', '8.8.8.8', 443, undefined],
  [{ allow: ['h'], deny: ['8.8.8.8'] }, 'h', '8.8.8.8', 443, 'denied-by-settings'],
  [{ allow: ['8.8.8.8'], deny: ['h'] }, 'h', '8.8.8.8', 443, 'denied-by-settings'],
  [{ allow: ['10.0.0.0/8'], deny: ['10.1.0.0/16'] }, 'h', '10.1.2.3', 443, 'denied-by-settings'],
  [{ allow: ['10.0.0.0/8'], deny: ['10.1.0.0/16'] }, 'h', '10.2.2.3', 443, undefined],

  [{ ports: [] }, 'h', '8.8.8.8', 1, undefined],
  [{ ports: [{ from: 443, to: 443 }] }, 'h', '8.8.8.8', 443, undefined],
  [{ ports: [{ from: 443, to: 443 }] }, 'h', '8.8.8.8', 442, 'port'],
  [{ ports: [{ from: 443, to: 443 }] }, 'h', '8.8.8.8', 444, 'port'],
  [{ ports: [usual, { from: 8000, to: 9000 }] }, 'h', '8.8.8.8', 8000, undefined],
  [{ ports: [usual, { from: 8000, to: 9000 }] }, 'h', '8.8.8.8', 9000, undefined],
  [{ ports: [usual, { from: 8000, to: 9000 }] }, 'h', '8.8.8.8', 9001, 'port'],
  [{ ports: [usual], allow: ['h', '8.8.8.8'] }, 'h', '8.8.8.8', 22, 'port'],
  [{ ports: [usual], deny: ['h'] }, 'h', '8.8.8.8', 22, 'denied-by-settings'],
  [{ ports: [usual] }, 'h', '10.0.0.1', 443, 'private'],
]

for (const [options, host, address, port, expected] of set) {
  test(`with ${JSON.stringify(options)}, ${address} of ${host}, port ${port}, is ${expected ?? 'reached'}`, () => {
    assert.equal(new EgressPolicy(options).denies({ host, address, port, purpose: 'file' }), expected)
  })
}

test('what is neither a network nor a host is refused by name', () => {
  for (const item of ['not a host', '10.0.0.0/33', '', '*', 'a/b', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/x']) {
    assert.throws(() => new EgressPolicy({ allow: [item] }), RangeError)
    assert.throws(() => new EgressPolicy({ deny: [item] }), RangeError)
  }
})
