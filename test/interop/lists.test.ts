import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startOddNameServer, type OddNameServer } from '#test/peers/odd-name-server.ts';
import { eventually, missingPeer, type Peer } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import { SmtpWriter } from '#test/peers/smtp-writer.ts';
import { startUnbound } from '#test/peers/unbound.ts';

const skip = missingPeer('unbound') ?? false;
const secret = 'k3yofthesubscriber';

/** `203.0.113.5` is listed where a list works at all. */
const zone = [
  '. 300 IN NS a.root.test.',
  'honest.test. 300 IN MX 10 client.test.',
  'client.test. 300 IN A 203.0.113.5',
  '2.0.0.127.alive.test. 300 IN A 127.0.0.2',
  '5.113.0.203.alive.test. 300 IN A 127.0.0.2',
  '2.0.0.127.refuses.test. 300 IN A 127.255.255.254',
  '5.113.0.203.refuses.test. 300 IN A 127.255.255.254',
  `2.0.0.127.${secret}.zen.dq.spamhaus.net. 300 IN A 127.0.0.2`,
  `5.113.0.203.${secret}.zen.dq.spamhaus.net. 300 IN A 127.0.0.4`,
  '1.2.0.192.alive.test. 300 IN A 127.0.0.2',
];

interface Step {
  readonly check: string;
  readonly outcome: string;
  readonly reason?: string;
}

interface ShownList {
  readonly list: string;
  readonly state: string;
  readonly problem: string | null;
}

describe('lists over a real resolver, by the command line', { skip, timeout: 240_000 }, () => {
  let unbound: Peer;
  let odd: OddNameServer;
  let server: Postern;

  before(async () => {
    const listedSlowly = ['2.0.0.127.slow.test', '5.113.0.203.slow.test'];
    odd = await startOddNameServer({
      'broken.test': 'servfail',
      'hole.test': 'silent',
      'slow.test': { afterMs: 250, answers: listedSlowly },
      'wild.test': {
        afterMs: 0,
        answers: ['1', '2'].map((n) => `${n}.0.0.127.wild.test`).concat('5.113.0.203.wild.test'),
      },
    });
    const forwards = Object.fromEntries(
      ['broken.test', 'hole.test', 'slow.test', 'wild.test'].map((name) => [name, odd.port]),
    );
    unbound = await startUnbound(zone, { forwards });
    server = await startPostern({
      outbound: { resolverPort: unbound.port, port: 25 },
      configure: (text) => text.replace(/(role = "mx"\n)/, '$1xclient = ["test"]\n'),
    });
    await set('smtp.greeting_delay', '0');
    await set('policy.greylisting', 'false');
    for (const list of ['spamcop', 'psbl']) await cli('policy', 'set', list, '--action', 'off');
  });
  after(async () => {
    await server.end();
    await unbound.stop();
    await odd.stop();
  });

  async function set(name: string, value: string): Promise<void> {
    await server.administer('settings set', { name, value });
  }

  async function cli(...words: readonly string[]): Promise<string> {
    const { code, output } = await server.postern(words);
    assert.equal(code, 0, `${words.join(' ')}: ${output}`);
    return output;
  }

  /** A message of a client elsewhere; the reply that decided. */
  async function send(client = '203.0.113.5', to = server.address): Promise<string> {
    const writer = await SmtpWriter.connect(server.port('mx'));
    try {
      const became = await writer.command(`XCLIENT ADDR=${client} HELO=client.test PROTO=ESMTP`);
      if (!became.startsWith('220')) return became;
      await writer.command('EHLO client.test');
      const message = 'From: a@honest.test\r\nSubject: hi\r\n\r\nhello\r\n';
      return await writer.send('a@honest.test', [to], message);
    } finally {
      writer.close();
    }
  }

  async function lastSteps(): Promise<readonly Step[]> {
    const { items } = JSON.parse(await cli('trace', 'list', '--json', '--limit', '1')) as {
      readonly items: readonly { readonly steps: readonly Step[] }[];
    };
    return items[0]?.steps ?? [];
  }

  async function shown(list: string): Promise<ShownList | undefined> {
    const { items } = JSON.parse(await cli('lists', 'show', '--json')) as {
      readonly items: readonly ShownList[];
    };
    return items.find((row) => row.list === list);
  }

  test('P-22, I-32: a listed client is refused in the session, one that is not is let in', async () => {
    await set('lists.address_zones', 'alive.test');
    await cli('policy', 'set', 'own-address-lists', '--action', 'refuse');
    assert.match(await send(), /^550 5\.7\.1 your address 203\.0\.113\.5 is listed by alive\.test/);
    assert.match(await send('203.0.113.6'), /^250 /);
  });

  for (const [name, state] of [
    ['wild.test', 'dead'],
    ['refuses.test', 'refuses'],
    ['broken.test', 'silent'],
    ['hole.test', 'silent'],
  ] as const)
    test(`P-22, P-28: ${name} (${state}) refuses nobody, holds nothing up, and is told`, async () => {
      await set('lists.address_zones', name);
      const started = performance.now();
      assert.match(await send(), /^250 /);
      assert.ok(performance.now() - started < 10_000);
      const step = (await lastSteps()).find(({ check }) => check === 'own-address-lists');
      assert.equal(step?.outcome, 'error');
      assert.match(step.reason ?? '', /could not be asked/);
      assert.equal((await shown(name))?.state, state);
      assert.match(server.log(), new RegExp(` list-off .*list=${name}`));
      assert.match((await server.postern(['doctor'])).output, new RegExp(`lists: ${name} is not asked`));
    });

  test('P-28: a slow list still has its word', async () => {
    await set('lists.address_zones', 'slow.test');
    assert.match(await send(), /^550 5\.7\.1 .*slow\.test/);
    await set('lists.address_zones', '');
  });

  test('I-33: the key of a subscription is asked with, and stands nowhere', async () => {
    const key = await server.postern(['lists', 'key', 'spamhaus', '--password-stdin'], `${secret}\n`);
    assert.equal(key.code, 0, key.output);
    await cli('policy', 'set', 'spamhaus-zen', '--action', 'refuse');
    assert.match(await send(), /^550 5\.7\.1 .*Spamhaus ZEN/);
    await cli('policy', 'set', 'spamhaus-zen', '--action', 'off');
    const said = [
      key.output,
      server.log(),
      await cli('trace', 'list', '--json', '--limit', '20'),
      await cli('lists', 'show', '--json'),
      await cli('settings', 'list', '--json'),
      (await server.postern(['doctor', '--json'])).output,
    ];
    for (const text of said) assert.ok(!text.includes(secret));
    const forgotten = await cli('lists', 'key', 'spamhaus', '--json');
    assert.match(forgotten, /"set":false/);
    const wrong = await server.postern(['lists', 'key', 'spamhaus', '--password-stdin'], 'no key\n');
    assert.notEqual(wrong.code, 0);
    assert.ok(!wrong.output.includes('no key'));
  });

  test('P-24: an entry refuses the next connection, and nobody once it is off', async () => {
    assert.match(
      await cli('blocklist', 'add', '203.0.113.0/24', '--reason', 'a test', '--for', '1h'),
      /until/,
    );
    assert.match(await send(), /^554 5\.7\.1 mail from 203\.0\.113\.5 is not accepted here \[T:/);
    const [step] = await lastSteps();
    assert.match(step?.reason ?? '', /network 203\.0\.113\.0\/24/);
    assert.match(await cli('blocklist', 'list'), /203\.0\.113\.0\/24 .*by hand, a test/);
    await cli('allowlist', 'add', '203.0.113.5');
    assert.match(await send(), /^250 /, 'allow wins');
    assert.ok((await lastSteps()).some(({ reason }) => reason?.includes('allow list')));
    await cli('allowlist', 'remove', '203.0.113.5');
    await cli('blocklist', 'remove', '203.0.113.0/24');
    assert.match(await send(), /^250 /);
    const again = await server.postern(['blocklist', 'remove', '203.0.113.0/24']);
    assert.equal(again.code, 4, again.output);
  });

  test('P-24: a country is nobody’s until a table says whose, and then refuses', async () => {
    assert.match(await cli('blocklist', 'add', 'country:DE'), /matches nobody until lists\.network_files/);
    assert.match(await send(), /^250 /);
    const file = join(server.dir, '../networks.csv');
    writeFileSync(file, 'network,asn,country\n203.0.113.0/24,64500,DE\n');
    await set('lists.network_files', file);
    await eventually('the table is read', async () => (await send()).startsWith('554 5.7.1 '));
    assert.match(await cli('lists', 'show'), /networks\.csv +networks +1 /);
    await cli('blocklist', 'remove', 'country:DE');
  });

  test('I-33: a list that is kept here as a file of rbldnsd', async () => {
    const file = join(server.dir, '../psbl');
    writeFileSync(file, ':127.0.0.2:\n203.0.113.0/24\n!203.0.113.6\n');
    await cli('policy', 'set', 'psbl', '--action', 'refuse');
    await set('lists.zone_files', `psbl=${file}`);
    await eventually('the file is read', async () => /^550 5\.7\.1 .*Passive Spam/.test(await send()));
    assert.match(await send('203.0.113.6'), /^250 /);
    assert.match(await cli('lists', 'show'), /psbl +.*works \(kept here\)/);
    await set('lists.zone_files', '');
    await cli('policy', 'set', 'psbl', '--action', 'off');
  });

  test('P-25: mail to a trap brings its client onto the block list, with its evidence; removed it stays off', async () => {
    const trap = `sold@${server.ready.domain}`;
    await set('lists.traps', trap);
    await set('lists.feed_events', '1');
    assert.match(await send('203.0.113.9', trap), /^550 5\.1\.1 no such user here \[T:/);
    assert.match(
      await cli('blocklist', 'list'),
      /203\.0\.113\.9\/32 .*a trap, .*mail to a trap \(1\).*traces 01/,
    );
    assert.match(server.log(), / blocklist-fed client=203\.0\.113\.9 /);
    assert.match(await send('203.0.113.9'), /^550 5\.7\.1 mail from 203\.0\.113\.9/);
    await cli('blocklist', 'remove', '203.0.113.9');
    assert.match(await send('203.0.113.9', trap), /^550 5\.1\.1 /);
    assert.match(await send('203.0.113.9'), /^250 /);
  });

  test('P-11: our own addresses are looked up when asked to', async () => {
    await set('lists.address_zones', 'alive.test');
    await set('lists.watch_addresses', '192.0.2.1');
    assert.match(await cli('lists', 'show', '--test'), /192\.0\.2\.1 is listed by alive\.test/);
    assert.match(server.log(), / own-listing .*subject=192\.0\.2\.1/);
    assert.match(
      (await server.postern(['doctor'])).output,
      /FAIL +lists: 192\.0\.2\.1 is listed by alive\.test/,
    );
  });
});
