import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { eventually, makeFolder, missingPeer, removeFolder, runClient } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';

const missing = missingPeer('hydra', 'fail2ban-regex', 'nft');
const filter = join(import.meta.dirname, '../../contrib/fail2ban/filter.d/postern.conf');

/** What a client hears first, or nothing. */
function firstWords(port: number, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, host);
    socket.setEncoding('latin1');
    socket.on('error', () => undefined);
    socket.on('data', (chunk: string) => {
      text += chunk;
      socket.destroy();
    });
    socket.on('close', () => resolve(text));
  });
}

describe('brute force (I-80 to I-83, I-91)', { skip: missing ?? false, timeout: 240_000 }, () => {
  const dir = makeFolder('bans');
  let server: Postern;

  before(async () => {
    const first = await startPostern();
    await first.stop();
    // The quick start spares its own machine; here it is the attacker's.
    const { config } = first.ready;
    writeFileSync(config, readFileSync(config, 'utf8').replace(/^\[\[network\]\][\s\S]*?(?=^\[)/m, ''));
    server = await first.again();
    await server.postern(['settings', 'set', 'login.delay_max', '100ms']);
    await server.postern(['settings', 'set', 'login.delay_min', '0ms']);
  });
  after(async () => {
    await server.end();
    removeFolder(dir);
  });

  test('hydra is banned on all listeners, and Fail2Ban reads the real log', async () => {
    const words = join(dir, 'words');
    writeFileSync(words, Array.from({ length: 60 }, (_, index) => `guess-${index}\n`).join(''));
    const port = String(server.port('imap', 'implicit'));
    const target = `imaps://127.0.0.1:${port}/PLAIN`;
    await runClient('hydra', ['-I', '-t', '4', '-l', server.address, '-P', words, target], {
      timeoutMs: 60_000,
      cwd: dir,
    });
    await eventually('a ban', () => server.log().includes('address-banned'));
    for (const role of ['mx', 'submission', 'imap', 'pop3'])
      assert.match(await firstWords(server.port(role, 'starttls')), /Not accepted from your address/, role);
    const listed = await server.postern(['ban', 'list', '--json']);
    const { items } = JSON.parse(listed.output) as { items: readonly Record<string, unknown>[] };
    assert.deepEqual(
      items.map(({ network, reason, strikes }) => [network, reason, strikes]),
      [['127.0.0.1/32', 'logins', 1]],
    );
    assert.deepEqual(items[0]?.['evidence'], { count: 20, listener: 'imaps', users: [server.address] });

    const log = join(dir, 'log');
    writeFileSync(log, server.log());
    const lines = server.log().split('\n');
    const expected = lines.filter((line) =>
      / login-failed .*weight=1 | login-limited .*limit=address|address-banned/.test(line),
    );
    assert.ok(expected.length >= 21, `${expected.length} lines`);
    const read = await runClient('fail2ban-regex', ['--print-all-matched', log, filter], {
      timeoutMs: 60_000,
    });
    assert.match(read.output, new RegExp(`Failregex: ${expected.length} total`), read.output);
    assert.match(read.output, new RegExp(`Lines: \\d+ lines, 0 ignored, ${expected.length} matched`));
    assert.match(read.output, /Date template hits:[\s\S]*\[\d+\]/);
  });

  test('nft takes the exported set', async () => {
    await server.administer('ban add', { network: '2001:db8::5', for: '1h' });
    await server.administer('ban add', { network: '198.51.100.0/24', reason: 'a test' });
    await server.administer('ban add', { network: '198.51.100.7' });
    await server.administer('settings set', { name: 'bans.never', value: '192.0.2.0/24' });
    const limits = [
      [
        'service:mx',
        'open=500',
        'per-address=7',
        'per-network=70',
        'new=900',
        'new-per-address=30',
        'interval=30s',
      ],
      ['service:imap', 'per-address=0', 'new-per-address=0'],
      ['rule:ours', 'allow', '198.51.100.200'],
      ['rule:range', 'deny', '203.0.113.7-::ffff:203.0.113.99', 'on=service:mx'],
      ['rule:six', 'deny', '2001:db8:9::/48', 'priority=1'],
      ['rule:named', 'deny', '@blocklist'],
    ] as const;
    for (const [scope, ...words] of limits) await server.administer('limits set', { scope, words });
    const exported = await server.postern(['ban', 'export']);
    assert.match(
      exported.output,
      /127\.0\.0\.1\/32 timeout \d+s, 198\.51\.100\.0\/24|198\.51\.100\.0\/24 timeout/,
    );
    assert.match(exported.output, /2001:db8::\/64 timeout \d+s/);
    assert.match(exported.output, /set never4[^}]*192\.0\.2\.0\/24/);
    const mx = server.port('mx');
    const count = `${mx} ct state new add @open4_${mx} { ip saddr ct count over 14 } drop`;
    assert.ok(exported.output.includes(count), exported.output);
    assert.ok(
      exported.output.includes(`${mx} ct state new limit rate over 3600/minute burst 1800 packets drop`),
    );
    assert.match(exported.output, /ip saddr 203\.0\.113\.7-203\.0\.113\.99 drop comment "rule range"/);
    assert.doesNotMatch(exported.output, /@blocklist/);
    const file = join(dir, 'table.nft');
    writeFileSync(file, exported.output);
    const checked = await runClient('unshare', ['-n', 'nft', '-c', '-f', file]);
    assert.deepEqual(checked, { code: 0, output: '' });
  });

  test('everything is banned, and the administrator gets in all the same', async () => {
    for (const network of ['0.0.0.0/0', '::/0']) {
      const refused = await server.postern(['ban', 'add', network]);
      assert.equal(refused.code, 2, refused.output);
      assert.equal((await server.postern(['ban', 'add', network, '--wide'])).code, 0);
    }
    const mx = server.port('mx');
    for (const host of ['127.0.0.1', '::1'])
      assert.match(await firstWords(mx, host), /^421 4\.7\.0 Not accepted/);
    assert.equal((await server.postern(['ban', 'list'])).code, 0);
    await server.administer('settings set', { name: 'bans.never', value: '::1/128' });
    assert.match(await firstWords(mx, '::1'), /^220 /, 'a network that no ban touches');

    await server.stop();
    server = await server.again();
    assert.match(await firstWords(mx), /^421 4\.7\.0 Not accepted/, 'bans outlive a restart');
    for (const network of ['0.0.0.0/0', '::/0', '127.0.0.1'])
      assert.equal((await server.postern(['ban', 'remove', network])).code, 0, network);
    assert.equal((await server.postern(['ban', 'remove', '127.0.0.1'])).code, 4);
    assert.match(await firstWords(mx), /^220 /);
    assert.match(server.log(), / ban-lifted client=127\.0\.0\.1 network=127\.0\.0\.1\/32\n/);
  });
});
