import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Domain } from '#mail/domain.ts';
import { silentEvents } from '#trace/events.ts';
import { systemWorld } from '../parts/world.ts';
import { standardListeners } from './listeners.ts';
import { prepare } from './prepare.ts';

const world = systemWorld(silentEvents);
const domain = 'example.test' as Domain;
const root = mkdtempSync(join(tmpdir(), 'postern-prepare-'));
after(() => rmSync(root, { recursive: true }));

/** An offset at which the ports are very likely free. */
const portOffset = 31_000 + (process.pid % 1000);

function plan(name: string, offset = portOffset) {
  return { dir: join(root, name), domain, portOffset: offset, named: { domain: false, portOffset: false } };
}

test('a fresh folder gets a configuration, a certificate, and a key beside it', async () => {
  const prepared = await prepare(plan('fresh'), world);
  assert.ok(prepared.ok, JSON.stringify(prepared));
  const { configuration, made } = prepared.value;
  assert.notEqual(made, undefined);
  assert.equal(configuration.dataDir, join(root, 'fresh'));
  assert.deepEqual(configuration.masterKey, { from: 'file', path: join(root, 'fresh-keys/master.key') });
  assert.equal(statSync(join(root, 'fresh-keys/master.key')).mode & 0o777, 0o600);
  assert.equal(configuration.outbound.destinations, 'private');
  assert.deepEqual(configuration.networks[0]?.exempt, ['rate', 'dns']);
  const onIpv4 = configuration.listeners.filter((row) => row.address === '127.0.0.1');
  assert.deepEqual(
    onIpv4.map(({ role, port, tls }) => [role, port - portOffset, tls]),
    standardListeners.map(({ role, port, tls }) => [role, port, tls]),
  );
});

test('a second time nothing changes', async () => {
  const file = join(root, 'fresh/postern.toml');
  const before = readFileSync(file, 'utf8');
  const prepared = await prepare({ ...plan('fresh', 5000), domain: 'other.test' as Domain }, world);
  assert.ok(prepared.ok);
  assert.equal(prepared.value.made, undefined);
  assert.equal(readFileSync(file, 'utf8'), before);
});

test('what was made is removed again, also in a folder that was there before, and nothing else', async () => {
  mkdirSync(join(root, 'empty'));
  const prepared = await prepare(plan('empty'), world);
  assert.ok(prepared.ok);
  writeFileSync(join(root, 'empty/made-by-the-store'), '');
  prepared.value.made?.remove();
  assert.deepEqual(readdirSync(join(root, 'empty')), []);
  assert.ok(!existsSync(join(root, 'empty-keys')));
});

test('a busy port is named, and nothing is made', async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const { port } = blocker.address() as AddressInfo;
  const prepared = await prepare(plan('busy/deeper', port - 25), world);
  blocker.close();
  assert.equal(prepared.ok, false);
  assert.match(
    prepared.ok ? '' : `${prepared.error.message} ${prepared.error.fix}`,
    new RegExp(`port ${port} .*--port-offset`),
  );
  assert.ok(!existsSync(join(root, 'busy')));
});

test('a key that is there already is never overwritten nor removed', async () => {
  mkdirSync(join(root, 'keyed-keys'));
  writeFileSync(join(root, 'keyed-keys/master.key'), 'precious');
  const prepared = await prepare(plan('keyed'), world);
  assert.equal(prepared.ok, false);
  assert.equal(readFileSync(join(root, 'keyed-keys/master.key'), 'utf8'), 'precious');
  assert.ok(!existsSync(join(root, 'keyed')));
});

test('a folder with other things in it is left alone', async () => {
  mkdirSync(join(root, 'other'));
  writeFileSync(join(root, 'other/letter.txt'), 'dear');
  const prepared = await prepare(plan('other'), world);
  assert.equal(prepared.ok ? '' : prepared.error.code, 'not-empty');
  assert.deepEqual(readdirSync(join(root, 'other')), ['letter.txt']);
});
