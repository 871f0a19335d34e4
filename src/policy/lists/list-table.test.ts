import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listUses } from './dns-list.ts';
import { dnsLists } from './dns-lists.ts';
import { listTables } from './list-table.ts';

test('zones of an administrator stand behind the ready-made lists, from the moment they are set', () => {
  const values = { addressZones: [] as readonly string[], domainZones: [] as readonly string[] };
  const table = listTables(values);
  const before = table();
  assert.deepEqual(before.all, dnsLists);
  assert.equal(table(), before, 'made once');
  values.domainZones = ['uri.example'];
  const after = table();
  assert.deepEqual(after.all.slice(0, -1), dnsLists);
  assert.equal(after.all.at(-1)?.zone, 'uri.example');
  assert.equal(table(), after);
  values.addressZones = ['bl.example'];
  assert.equal(table().byUse.client.at(-1)?.check, 'own-address-lists');
  assert.equal(table().byUse.links.at(-1)?.check, 'own-domain-lists-links');
  values.addressZones = [];
  values.domainZones = [];
  assert.deepEqual(table(), before);
});

test('each list stands at each of its uses, and at no other', () => {
  const { all, byUse } = listTables({ addressZones: ['bl.example'], domainZones: ['uri.example'] })();
  for (const use of listUses)
    assert.deepEqual(
      byUse[use].map(({ list }) => list),
      all.filter(({ uses }) => uses.includes(use)),
    );
});
