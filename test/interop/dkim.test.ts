import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  eventually,
  freePort,
  listening,
  makeFolder,
  missingPeer,
  removeFolder,
  runClient,
  stopChild,
} from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import { startUnbound } from '#test/peers/unbound.ts';
import { submit } from './submit.ts';

const missing = missingPeer('opendkim', 'smtp-sink', 'swaks', 'unbound');

test(
  'opendkim accepts our signatures, RSA and Ed25519 alike, and not a changed message (P-20, I-40)',
  { skip: missing ?? false },
  async (t) => {
    const dir = makeFolder('dkim');
    chmodSync(dir, 0o777);
    const resolver = await startUnbound([
      'sink.test. 300 IN MX 10 mx.sink.test.',
      'mx.sink.test. 300 IN A 127.0.0.1',
    ]);
    const sinkPort = await freePort();
    const sink = spawn(
      '/usr/sbin/smtp-sink',
      ['-u', 'nobody', '-D', `${dir}/mail.`, `127.0.0.1:${String(sinkPort)}`, '10'],
      { stdio: 'ignore' },
    );
    await listening(sinkPort);
    const server = await startPostern({ outbound: { resolverPort: resolver.port, port: sinkPort } });
    t.after(async () => {
      await Promise.all([server.end(), stopChild(sink), resolver.stop()]);
      removeFolder(dir);
    });

    await submit(server, 'reader@sink.test', 'signed');
    await eventually('the sink has the message', () =>
      dumped(dir).some((text) => text.includes('Subject: signed')),
    );
    const received = dumped(dir).find((text) => text.includes('Subject: signed')) ?? '';
    // smtp-sink writes lines of its own in front of the message.
    const message = received.slice(received.indexOf('DKIM-Signature:'));
    const algorithms = [...message.matchAll(/^DKIM-Signature:.*?a=([a-z0-9-]+)/gms)].map((match) => match[1]);
    assert.deepEqual(new Set(algorithms), new Set(['ed25519-sha256', 'rsa-sha256']));

    const keys = join(dir, 'keys');
    writeFileSync(keys, await publishedKeys(server));
    const accepted = await judge(dir, keys, message);
    assert.match(accepted, /verification .*succeeded/i, accepted);
    const refused = await judge(dir, keys, message.replace('The body', 'Another body'));
    assert.doesNotMatch(refused, /succeeded/i, refused);
  },
);

function dumped(dir: string): readonly string[] {
  return readdirSync(dir)
    .filter((name) => name.startsWith('mail.'))
    .map((name) => readFileSync(join(dir, name), 'latin1'));
}

/** The key records that the product tells an administrator to publish, as opendkim's test data. */
async function publishedKeys(server: Postern): Promise<string> {
  const outcome = await server.postern(['domain', 'dns', 'example.test', '--json']);
  assert.equal(outcome.code, 0, outcome.output);
  const { items } = JSON.parse(outcome.output) as {
    readonly items: readonly { readonly name: string; readonly value: string }[];
  };
  const keys = items.filter((row) => row.name.includes('._domainkey.'));
  assert.equal(keys.length, 2);
  return keys.map((row) => `${row.name.replace(/\.$/, '')} ${row.value}\n`).join('');
}

async function judge(dir: string, keys: string, message: string): Promise<string> {
  const file = join(dir, 'judged.eml');
  const config = join(dir, 'opendkim.conf');
  writeFileSync(file, message);
  writeFileSync(config, `Mode v\nTestDNSData file:${keys}\nUserID root\nRequireSafeKeys no\n`);
  const { output } = await runClient('/usr/sbin/opendkim', ['-x', config, '-t', file, '-vv'], {});
  return output;
}
