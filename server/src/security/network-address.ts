/**
 * Which network addresses are out in the internet, and which lead inside: to this machine, its neighbours, or what a
 * cloud keeps for its machines. What is in doubt is inside.
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** What the IANA IPv4 Special-Purpose Address Registry (RFC 6890) does not call globally reachable, and multicast. */
const inside4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8], // this network; Linux takes 0.0.0.0 for this machine
  ['10.0.0.0', 8], // private (RFC 1918)
  ['100.64.0.0', 10], // carrier-grade NAT (RFC 6598), and the metadata of some clouds
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // public by number, but Azure answers its own machines there
  ['169.254.0.0', 16], // link-local (RFC 3927), and the metadata of most clouds
  ['172.16.0.0', 12], // private (RFC 1918)
  ['192.0.0.0', 24], // protocol assignments (RFC 6890)
  ['192.0.2.0', 24], // documentation (RFC 5737)
  ['192.88.99.0', 24], // relays of 6to4, deprecated (RFC 7526)
  ['192.168.0.0', 16], // private (RFC 1918)
  ['198.18.0.0', 15], // benchmarks (RFC 2544)
  ['198.51.100.0', 24], // documentation (RFC 5737)
  ['203.0.113.0', 24], // documentation (RFC 5737)
  ['224.0.0.0', 4], // multicast (RFC 5771)
  ['240.0.0.0', 4], // reserved, and the broadcast address (RFC 1112, RFC 919)
];

/** What is no host of its own within 2000::/3, the only addresses that were given out so far (RFC 4291 §2.4). */
const inside6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23], // protocol assignments (RFC 2928): Teredo, which wraps IPv4 (RFC 4380), benchmarks, ORCHID
  ['2001:db8::', 32], // documentation (RFC 3849)
  ['2002::', 16], // 6to4, which wraps IPv4, deprecated (RFC 3056, RFC 7526)
  ['3fff::', 20], // documentation (RFC 9637)
];

const refused = new BlockList();
for (const [network, prefix] of inside4) refused.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of inside6) refused.addSubnet(network, prefix, 'ipv6');

const given = new BlockList();
given.addSubnet('2000::', 3, 'ipv6');

/** The IPv4 address within one of the well-known NAT64 prefix (RFC 6052 §2.1): where DNS64 is used all names lead there. */
function translated(address: string): string | undefined {
  const { hostname } = new URL(`http://[${address}]`);
  const words = /^\[64:ff9b::(?:([0-9a-f]+):)?([0-9a-f]+)\]$/.exec(hostname);
  if (!words) return undefined;
  const [high, low] = [words[1] ?? '0', words[2] ?? '0'].map((word) => Number.parseInt(word, 16));
  return [high ?? 0, low ?? 0].flatMap((word) => [word >> 8, word & 255]).join('.');
}

/** Whether this IPv4 or IPv6 address is a host's in the internet. False for anything that is no address. */
export function isOutside(address: string): boolean {
  if (isIPv4(address)) return !refused.check(address, 'ipv4');
  // A zone (`%eth0`) means something on this machine only.
  if (!isIPv6(address) || address.includes('%')) return false;
  const wrapped = translated(address);
  if (wrapped !== undefined) return isOutside(wrapped);
  return given.check(address, 'ipv6') && !refused.check(address, 'ipv6');
}
