import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { ClientAddress } from '#base/client-address.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { reverseNamesMax } from './forward-confirmation.ts';
import { checkIprev } from './iprev.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);
const client = '192.0.2.1' as ClientAddress;

const name = fc.oneof(
  fc.constantFrom('a.example', 'B.example.', 'c.example', 'localhost', '.', '', '1.2.3.4', 'a..b'),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const address = fc.constantFrom<'servfail' | 'timeout' | readonly string[]>(
  ['192.0.2.1'],
  ['198.51.100.1', '192.0.2.1'],
  ['198.51.100.1'],
  ['no address'],
  [],
  'servfail',
  'timeout',
);
const world: fc.Arbitrary<ZoneTable> = fc
  .tuple(fc.array(name, { maxLength: 14 }), fc.array(address, { minLength: 3, maxLength: 3 }))
  .map(([PTR, [a = [], b = [], c = []]]) => ({
    '1.2.0.192.in-addr.arpa': { PTR },
    'a.example': { A: a },
    'b.example': { A: b },
    'c.example': { A: c },
  }));

test('whatever a reverse zone says, only a name that leads back is confirmed, and the questions are few (P-15, S-09)', async () => {
  const holds = async (zone: ZoneTable): Promise<void> => {
    const resolver = createFakeResolver(zone);
    const outcome = await checkIprev(client, { resolver, clock: createFakeClock() });
    assert.ok(resolver.asked.length <= 1 + reverseNamesMax);
    assert.equal(outcome.asked.length, resolver.asked.length);
    assert.equal(outcome.name !== undefined, outcome.finding === 'confirmed');
    if (outcome.name === undefined) return;
    const entry = zone[outcome.name];
    assert.ok(typeof entry === 'object' && Array.isArray(entry.A) && entry.A.includes(client));
  };
  await fc.assert(fc.asyncProperty(world, holds), { numRuns });
});
