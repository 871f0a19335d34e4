import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientAddress } from '#base/client-address.ts';
import type { Configuration } from '#config/configuration.ts';
import type { Setting } from '#config/setting.ts';
import { sparedClients } from './spared-clients.ts';

const network = (name: string, address: string, exempt: readonly string[] = []) => ({
  name,
  addresses: [address],
  exempt,
});

const listener = { address: '192.0.2.25', proxy: ['proxies'], xclient: ['filters'], gateways: ['gateways'] };

const configuration = {
  networks: [
    network('proxies', '198.51.100.0/28'),
    network('filters', '198.51.100.16/28'),
    network('gateways', '198.51.100.32/28'),
    network('tests', '198.51.100.48/28', ['dns']),
    network('office', '198.51.100.64/28'),
  ],
  listeners: [listener],
} as unknown as Configuration;

test('P-25: who speaks for others, who is exempt and whom no ban touches is never listed by itself', () => {
  const set: Record<string, unknown> = {
    'bans.never': ['203.0.113.0/28'],
    'policy.forwarders': ['203.0.113.16/28', 'alumni.example'],
  };
  const settings = { value: <T>(row: Setting<T>): T => (set[row.name] ?? row.defaultValue) as T };
  const isSpared = sparedClients(configuration, settings);
  for (const [address, spared] of [
    ['192.0.2.25', true],
    ['198.51.100.1', true],
    ['198.51.100.17', true],
    ['198.51.100.33', true],
    ['198.51.100.49', true],
    ['198.51.100.65', false],
    ['203.0.113.1', true],
    ['203.0.113.17', true],
    ['203.0.113.33', false],
  ] as const)
    assert.equal(isSpared(address as ClientAddress), spared, address);
  set['bans.never'] = [];
  assert.equal(isSpared('203.0.113.1' as ClientAddress), false, 'a change counts at once');
});
