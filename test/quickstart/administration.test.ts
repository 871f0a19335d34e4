import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { AdminBrowser } from '#test/peers/admin-browser.ts';
import { eventually } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';

/** Two more listeners, behind a proxy on this machine: so clients come from anywhere, and here is held to limits too. */
function withProxied(text: string, offset: number): string {
  const listener = (name: string, role: string, port: number, tls: string): string =>
    `\n[[listener]]\nname = "${name}"\nrole = "${role}"\naddress = "127.0.0.1"\nport = ${String(port)}\ntls = "${tls}"\nproxy = ["test"]\n`;
  const limited = text.replace('exempt = ["rate", "dns"]', 'exempt = ["dns"]');
  return `${limited}${listener('edge', 'mx', offset + 27, 'starttls')}${listener('reading', 'imap', offset + 997, 'implicit')}`;
}

function proxied(port: number, client: string): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`PROXY TCP4 ${client} 192.0.2.1 40000 25\r\n`);
  return socket;
}

/** What a client hears first; then it goes. */
async function firstWords(port: number, client: string): Promise<string> {
  const socket = proxied(port, client);
  const text = await wordsOf(socket);
  socket.destroy();
  return text;
}

/** The next piece; empty: it was hung up on. */
function wordsOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('data', (chunk) => resolve(String(chunk)));
    socket.once('close', () => resolve(''));
  });
}

/** Tries a wrong password; whether it was listened to. */
async function guess(port: number, client: string, password: string): Promise<boolean> {
  const socket = connectTls({ socket: proxied(port, client), rejectUnauthorized: false });
  socket.on('error', () => undefined);
  if ((await wordsOf(socket)) === '') return false;
  socket.write(`a LOGIN user@example.test ${password}\r\n`);
  const answer = await wordsOf(socket);
  socket.destroy();
  return answer !== '';
}

describe('administration in the browser, against the real server', { timeout: 120_000 }, () => {
  let server: Postern;
  let browser: AdminBrowser;
  let mx: number;

  before(async () => {
    const first = await startPostern();
    await first.stop();
    const { config } = first.ready;
    writeFileSync(config, withProxied(readFileSync(config, 'utf8'), first.offset));
    server = await first.again();
    mx = server.offset + 27;
    browser = await AdminBrowser.signIn(server);
  });
  after(() => server.end());

  test('P-24: an entry made in the page refuses the next connection, and its removal lets the one after in', async () => {
    const client = '203.0.113.9';
    assert.match(await firstWords(mx, client), /^220 /);
    const added = await browser.fill('/block', '/block/add', { entry: client, for: '1h', reason: 'a test' });
    assert.match(added.text, /203\.0\.113\.9\/32 is on the block list until /);
    assert.match(await firstWords(mx, client), /^554 5\.7\.1 /);
    assert.match(await firstWords(mx, '203.0.113.10'), /^220 /, 'nobody else');
    await browser.fill('/block', '/block/remove', { entry: `${client}/32` });
    assert.match(await firstWords(mx, client), /^220 /);
  });

  test('P-33, I-92: a limit set in the page holds for the next connection, and the page shows it beside the peak and how often it was met', async () => {
    const set = await browser.fill('/flow', '/flow/set', { scope: 'listener:edge', 'per-address': '2' });
    assert.match(set.text, /listener:edge per-address=2/);
    const held = [proxied(mx, '203.0.113.20'), proxied(mx, '203.0.113.20')];
    for (const socket of held) assert.match(await wordsOf(socket), /^220 /);
    assert.match(await firstWords(mx, '203.0.113.20'), /^421 /);
    assert.match(await firstWords(mx, '203.0.113.21'), /^220 /);
    const { text } = await browser.get('/flow');
    const section = text.slice(text.indexOf('id="listener:edge"'));
    const row = section.slice(section.indexOf('<b>per-address</b>'), section.indexOf('<b>per-network</b>'));
    assert.match(row, /\b2<small>set here, instead of \d+ by default<\/small>/);
    assert.match(row, /<b class="met">1<\/b>/);
    assert.match((await browser.get('/')).text, /listener:edge/);
    for (const socket of held) socket.destroy();
    await browser.fill('/flow', '/flow/set', { scope: 'listener:edge' });
  });

  test('I-92: a rule made in the page denies a range on one listener, by priority', async () => {
    const rule = { name: 'away', action: 'deny', who: '203.0.113.30-203.0.113.39', on: 'listener:edge' };
    await browser.fill('/flow/rule', '/flow/rule', { ...rule, priority: '20' });
    assert.match(await firstWords(mx, '203.0.113.35'), /^554 /);
    const allow = { name: 'guest', action: 'allow', who: '203.0.113.35', on: 'listener:edge' };
    await browser.fill('/flow/rule', '/flow/rule', { ...allow, priority: '10' });
    assert.match(await firstWords(mx, '203.0.113.35'), /^220 /);
    assert.match(await firstWords(mx, '203.0.113.36'), /^554 /);
    await browser.fill('/flow', '/flow/rule/remove', { name: 'away' });
    assert.match(await firstWords(mx, '203.0.113.36'), /^220 /);
  });

  test('I-83: bans for log-ins and for connections are listed with their evidence, and lifted in the page', async () => {
    const setting = async (name: string, value: string): Promise<void> => {
      assert.equal((await browser.fill('/bans', '/bans/setting', { name, value })).status, 200, name);
    };
    await setting('login.address_failures_max', '3');
    await setting('bans.connections_max', '6');
    await server.administer('settings set', { name: 'login.delay_min', value: '0ms' });
    const imap = server.offset + 997;
    for (let tries = 0; tries < 3; tries += 1) await guess(imap, '198.51.100.7', `wrong${String(tries)}`);
    for (let count = 0; count < 7; count += 1) await firstWords(mx, '198.51.100.8');
    await eventually('both bans', async () => {
      const { text } = await browser.get('/bans');
      return text.includes('198.51.100.7/32') && text.includes('198.51.100.8/32');
    });
    const { text } = await browser.get('/bans');
    assert.match(text, /3 failed log-ins as user@example\.test on reading/);
    assert.match(text, /\d+ refused connections on edge/);
    assert.equal(await guess(imap, '198.51.100.7', 'x'), false);
    assert.match(await firstWords(mx, '198.51.100.8'), /^421 4\.7\.0 Not accepted from your address/);
    await setting('bans.connections_max', '5000');
    for (const client of ['198.51.100.7', '198.51.100.8'])
      assert.match(
        (await browser.fill('/bans', '/bans/lift', { network: `${client}/32` })).text,
        /is let in again/,
      );
    assert.equal(await guess(imap, '198.51.100.7', 'x'), true);
    assert.match(await firstWords(mx, '198.51.100.8'), /^220 /);
    const acts = server
      .log()
      .split('\n')
      .filter((line) => / administration .*operation="?ban remove/.test(line));
    assert.equal(acts.length, 2);
    assert.match(acts[0] ?? '', /by=web/);
    assert.match(acts[0] ?? '', /client=127\.0\.0\.1/);
  });

  test('I-83: whatever is banned, the administration on the machine itself stays open', async () => {
    await server.administer('ban add', { network: '0.0.0.0/0', wide: true });
    assert.match(await firstWords(mx, '203.0.113.50'), /^421 /);
    const lifted = await browser.fill('/bans', '/bans/lift', { network: '0.0.0.0/0' });
    assert.match(lifted.text, /0\.0\.0\.0\/0 is let in again/);
    assert.match(await firstWords(mx, '203.0.113.50'), /^220 /);
  });

  test('I-83: what comes to the administration through this machine keeps nobody of it from their mail', async () => {
    const setting = async (name: string, value: string): Promise<void> => {
      assert.equal((await browser.fill('/bans', '/bans/setting', { name, value })).status, 200, name);
    };
    await setting('login.address_failures_max', '3');
    await setting('bans.connections_max', '6');
    for (let tries = 0; tries < 8; tries += 1)
      assert.equal((await browser.fill('/enter/x', '/enter', { link: 'x' })).status, 403);
    const { text } = await browser.get('/bans');
    assert.doesNotMatch(text, /<code>127\.0\.0\.1/);
    const socket = connect(server.port('mx'), '127.0.0.1');
    assert.match(await wordsOf(socket), /^220 /);
    socket.destroy();
  });

  test('S-14: a restart ends all sessions', async () => {
    await server.stop();
    server = await server.again();
    assert.equal((await browser.get('/')).location, '/sign-in');
  });
});
