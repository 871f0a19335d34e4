import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientAddress } from '#base/client-address.ts';
import type { Configuration } from '#config/configuration.ts';
import { exemptionsOf } from './exemptions-of.ts';

const network = (name: string, address: string, exempt: readonly string[] = []) => ({
  name,
  addresses: [address],
  exempt,
});

test('a client is exempt from what all networks say that it lies in, and from nothing else', () => {
  const networks = [
    network('filters', '198.51.100.0/24', ['dns']),
    network('tests', '198.51.100.16/28', ['rate']),
    network('office', '198.51.100.32/28'),
    network('neighbours', '2001:db8::/64', ['rate', 'dns']),
  ] as unknown as Configuration['networks'];
  const exemptions = exemptionsOf({ networks });
  for (const [client, exempt] of [
    ['198.51.100.1', ['dns']],
    ['198.51.100.17', ['dns', 'rate']],
    ['198.51.100.33', ['dns']],
    ['2001:db8::7', ['dns', 'rate']],
    ['2001:db8:0:1::7', []],
    ['203.0.113.1', []],
  ] as const)
    assert.deepEqual([...exemptions(client as ClientAddress)].sort(), exempt, client);
  assert.deepEqual(
    [...exemptions('198.51.100.1' as ClientAddress)],
    ['dns'],
    'one client changes nothing for another',
  );
});
