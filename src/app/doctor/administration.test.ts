import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfiguration } from '#config/read-configuration.ts';
import { administrationCheck } from './administration.ts';

async function states(listener: string): Promise<readonly string[]> {
  const text = `[server]\nhostname = "mail.example.test"\n[data]\ndir = "."\n[keys]\nmaster = "file:/etc/keys/k"\n[[certificate]]\ncert = "c"\nkey = "k"\n[[network]]\nname = "office"\naddresses = ["192.0.2.0/24"]\n[[listener]]\nname = "mx"\nrole = "mx"\naddress = "0.0.0.0"\nport = 25\ntls = "starttls"\n${listener}`;
  const configuration = readConfiguration(text, '/etc/postern/postern.toml');
  assert.ok(configuration.ok, JSON.stringify(configuration));
  const found = await administrationCheck({ configuration: configuration.value }).run(
    new AbortController().signal,
  );
  return found.map(({ state }) => state);
}

const http = '[[listener]]\nname = "admin"\nrole = "http"\nport = 8443\ntls = "implicit"\n';

test('P-03: an administration that everybody can reach is warned of, and no other', async () => {
  assert.deepEqual(await states(''), ['skip']);
  assert.deepEqual(await states(`${http}address = "127.0.0.1"\n`), ['pass']);
  assert.deepEqual(await states(`${http}address = "0.0.0.0"\n`), ['warn']);
  assert.deepEqual(await states(`${http}address = "0.0.0.0"\nnetworks = ["office"]\n`), ['pass']);
});
