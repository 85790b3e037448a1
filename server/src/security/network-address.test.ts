import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOutside } from './network-address.ts';

const inside: Readonly<Record<string, readonly string[]>> = {
  unspecified: ['0.0.0.0', '0.1.2.3', '::'],
  loopback: ['127.0.0.1', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1'],
  private: ['10.0.0.0', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255'],
  'link-local': ['169.254.0.1', '169.254.169.254', '169.254.170.2', 'fe80::1', 'fe80::1%eth0', 'febf::1'],
  'carrier-grade NAT': ['100.64.0.1', '100.100.100.200', '100.127.255.255'],
  'metadata of clouds': ['168.63.129.16', '192.0.0.192', 'fd00:ec2::254'],
  'unique local': ['fc00::1', 'fd12:3456:789a::1', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  'site-local': ['fec0::1'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1'],
  'broadcast and reserved': ['240.0.0.1', '255.255.255.255', '4000::1', '5f00::1', '8000::1', '100::1'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1', '3fff:fff::1'],
  benchmarks: ['198.18.0.1', '198.19.255.255', '2001:2::1'],
  'protocol assignments': ['192.0.0.1', '192.88.99.1', '2001:10::1', '2001:20::1', '2001:1ff:ffff::1'],
  'IPv4 mapped into IPv6': ['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8'],
  'IPv4-compatible IPv6': ['::127.0.0.1', '::10.0.0.1', '::8.8.8.8', '::ffff:0:127.0.0.1'],
  'NAT64 of what is inside': ['64:ff9b::127.0.0.1', '64:ff9b::a00:1', '64:ff9b::1', '64:ff9b::', '64:ff9b::a9fe:a9fe'],
  'NAT64 of a network of its own': ['64:ff9b:1::1', '64:ff9b:1::8.8.8.8', '64:ff9b:0:0:0:1:808:808'],
  '6to4': ['2002:7f00:1::', '2002:a00:1::1', '2002:808:808::1'],
  Teredo: ['2001::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  'no address': ['', 'localhost', 'example.org', '1.2.3', '127.1', '0x7f.0.0.1', '[::1]', '1.2.3.4.5', ' 8.8.8.8'],
};

for (const [what, addresses] of Object.entries(inside)) {
  test(`PUSH-12 inside: ${what}`, () => {
    for (const address of addresses) assert.equal(isOutside(address), false, address);
  });
}

test('PUSH-12 addresses in the internet are outside, those next to inner networks too', () => {
  for (const address of [
    ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255'],
    ...['128.0.0.0', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.0.1.0', '192.167.255.255'],
    ...['192.169.0.0', '198.17.255.255', '198.20.0.0', '223.255.255.255', '168.63.129.17'],
    ...['2001:200::1', '2001:4860:4860::8888', '2001:db9::1', '2003::1', '2606:4700:4700::1111', '2a00:1450::1'],
    ...['3ffe::1', '64:ff9b::8.8.8.8', '64:ff9b::808:808', '64:ff9b::101:1'],
  ]) {
    assert.equal(isOutside(address), true, address);
  }
});
