import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Network } from '#base/client-address.ts';
import type { Ban } from './ban.ts';
import type { PortLimits } from './nft-limits.ts';
import { nftTable } from './nft-table.ts';

const none = { open: 0, perAddress: 0, perNetwork: 0, new: 0, newPerAddress: 0, intervalMs: 60_000 };
const nothing = { bans: [], never: [], free: [], rules: [], nowMs: 0 };

function limitLines(...listeners: readonly PortLimits[]): readonly string[] {
  const lines = nftTable({ ...nothing, listeners }).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line.includes('ct state new'));
}

test('each limit of a port is in the packet filter, with room for the server’s own word (I-91)', () => {
  assert.deepEqual(
    limitLines({
      ...none,
      port: 25,
      newPerAddress: 60,
      perAddress: 10,
      perNetwork: 40,
      new: 600,
      open: 1000,
    }),
    [
      'tcp dport 25 ct state new update @new4_25 { ip saddr limit rate over 120/minute burst 120 packets } drop',
      'tcp dport 25 ct state new add @open4_25 { ip saddr ct count over 20 } drop',
      'tcp dport 25 ct state new add @near4_25 { ip saddr & 255.255.255.0 ct count over 80 } drop',
      'tcp dport 25 ct state new update @new6_25 { ip6 saddr & ffff:ffff:ffff:ffff:: limit rate over 120/minute burst 120 packets } drop',
      'tcp dport 25 ct state new add @open6_25 { ip6 saddr & ffff:ffff:ffff:ffff:: ct count over 20 } drop',
      'tcp dport 25 ct state new add @near6_25 { ip6 saddr & ffff:ffff:ffff:ff00:: ct count over 80 } drop',
      'tcp dport 25 ct state new limit rate over 1200/minute burst 1200 packets drop',
      'tcp dport 25 ct state new ct count over 2000 drop',
    ],
  );
});

test('the interval counts, what is switched off is not there, and of two on a port the wider holds', () => {
  assert.deepEqual(limitLines({ ...none, port: 25 }), []);
  assert.deepEqual(limitLines({ ...none, port: 25, new: 10, intervalMs: 10_000 }), [
    'tcp dport 25 ct state new limit rate over 120/minute burst 20 packets drop',
  ]);
  assert.deepEqual(limitLines({ ...none, port: 25, new: 1, intervalMs: 3_600_000 }), [
    'tcp dport 25 ct state new limit rate over 1/minute burst 2 packets drop',
  ]);
  assert.deepEqual(
    limitLines({ ...none, port: 25, open: 5, perAddress: 9 }, { ...none, port: 25, open: 8 }),
    ['tcp dport 25 ct state new ct count over 16 drop'],
  );
});

test('bans, those whom no ban touches, rules in their order, and only the ports of the server', () => {
  const ban = (network: string, untilMs?: number): Ban => ({
    network: network as Network,
    reason: 'administrator',
    sinceMs: 0,
    untilMs,
    strikes: 1,
    evidence: {},
  });
  const text = nftTable({
    bans: [ban('203.0.113.5/32', 60_000), ban('203.0.113.0/24'), ban('2001:db8::/64', 1)],
    never: ['192.0.2.0/24' as Network],
    free: ['10.0.0.0/8' as Network],
    listeners: [
      { ...none, port: 993 },
      { ...none, port: 25 },
    ],
    rules: [
      { name: 'ours', action: 'allow', who: '198.51.100.7', ports: [993, 25] },
      { name: 'bad', action: 'deny', who: '198.51.100.0-198.51.100.99', ports: [25] },
      { name: 'six', action: 'deny', who: '2001:db8:9::/48', ports: [25] },
    ],
    nowMs: 0,
  });
  assert.match(text, /elements = \{ 203\.0\.113\.0\/24 timeout 86400s \}/, 'the kernel takes no overlap');
  assert.match(text, /elements = \{ 2001:db8::\/64 timeout 1s \}/);
  const chain = text
    .slice(text.indexOf('chain input'))
    .split('\n')
    .map((line) => line.trim());
  assert.deepEqual(chain.slice(2, 13), [
    'iif lo accept',
    'tcp dport != { 25, 993 } accept',
    'ip saddr @never4 accept',
    'ip6 saddr @never6 accept',
    'ip saddr @banned4 drop',
    'ip6 saddr @banned6 drop',
    'ip saddr @free4 accept',
    'ip6 saddr @free6 accept',
    'tcp dport { 25, 993 } ip saddr 198.51.100.7 accept comment "rule ours"',
    'tcp dport { 25 } ip saddr 198.51.100.0-198.51.100.99 drop comment "rule bad"',
    'tcp dport { 25 } ip6 saddr 2001:db8:9::/48 drop comment "rule six"',
  ]);
});
