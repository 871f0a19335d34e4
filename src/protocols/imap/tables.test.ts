import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capabilityOrder, formatCapabilities } from './capabilities.ts';
import { commands, findCommand } from './commands.ts';
import { fetchItems } from './fetch/items.ts';
import { providedCapabilities } from './provided.ts';
import { searchKeys } from './search/keys.ts';

test('what is advertised is what some row provides, and all of it', () => {
  const provided = providedCapabilities();
  const told = new Set(capabilityOrder.map(([name]) => name));
  assert.deepEqual([...provided].sort(), [...told].sort());
  assert.equal(formatCapabilities('account', new Set(['IDLE', 'MOVE'])), 'IDLE MOVE');
  assert.equal(formatCapabilities('guest', new Set(['IDLE', 'MOVE', 'SASL-IR'])), 'SASL-IR IDLE');
});

test('names are unique in each table', () => {
  for (const rows of [commands, fetchItems, searchKeys]) {
    const names = rows.map((row: { readonly name: string }) => row.name);
    assert.deepEqual([...new Set(names)], names);
  }
});

test('the commands of RFC 9051 and RFC 3501 are all there', () => {
  const names =
    'CAPABILITY NOOP LOGOUT STARTTLS AUTHENTICATE LOGIN ENABLE SELECT EXAMINE CREATE DELETE RENAME SUBSCRIBE ' +
    'UNSUBSCRIBE LIST LSUB NAMESPACE STATUS APPEND IDLE CHECK CLOSE UNSELECT EXPUNGE SEARCH FETCH STORE COPY MOVE';
  for (const name of names.split(' ')) assert.ok(findCommand(name), name);
  for (const name of ['COPY', 'MOVE', 'FETCH', 'STORE', 'SEARCH', 'EXPUNGE'])
    assert.ok(findCommand(`UID ${name}`), name);
});

test('EXPUNGE is never sent during FETCH, STORE or SEARCH by number (RFC 9051 §7.5.1)', () => {
  const silent = commands
    .filter((row) => row.usesSequenceNumbers && !row.mayReportExpunge)
    .map((row) => row.name);
  for (const name of ['FETCH', 'STORE', 'SEARCH']) assert.ok(silent.includes(name), name);
  for (const name of ['UID FETCH', 'UID STORE', 'UID SEARCH', 'EXPUNGE', 'MOVE', 'NOOP', 'IDLE']) {
    assert.equal(findCommand(name)?.mayReportExpunge, true, name);
  }
});
