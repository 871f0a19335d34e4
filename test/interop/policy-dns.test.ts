import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { missingPeer } from '#test/peers/peer.ts';
import type { Postern } from '#test/peers/postern.ts';
import { startJudgingServer, type JudgingServer } from './judging-server.ts';

const skip = missingPeer('unbound') ?? false;

const zone = [
  'honest.test. 300 IN MX 10 client.test.',
  'honest.test. 300 IN TXT "v=spf1 ip4:127.0.0.1 -all"',
  '_dmarc.honest.test. 300 IN TXT "v=DMARC1; p=reject"',
  'victim.test. 300 IN MX 10 client.test.',
  'victim.test. 300 IN TXT "v=spf1 ip4:192.0.2.1 -all exp=why.victim.test"',
  'why.victim.test. 300 IN TXT "%{i} is none of ours"',
  'wanted.test. 300 IN MX 10 client.test.',
  '_dmarc.wanted.test. 300 IN TXT "v=DMARC1; p=reject"',
];

function letter(from: string, subject: string): string {
  return `From: ${from}\r\nSubject: ${subject}\r\n\r\nhello\r\n`;
}

/** The whole way over a real resolver: what senders of each kind hear, and what their readers get. */
describe('policy over a real DNS', { skip }, () => {
  let judging: JudgingServer;
  let server: Postern;

  before(async () => {
    judging = await startJudgingServer(zone);
    ({ server } = judging);
  });
  after(() => judging.end());

  test('an honest sender arrives, with our results in front and no forged ones', async () => {
    const forged = `Authentication-Results: ${server.ready.domain}; dmarc=pass\r\n`;
    assert.match(await judging.send('a@honest.test', forged + letter('a@honest.test', 'honest')), /^250 /);
    const text = await judging.inbox('honest');
    const results = /Authentication-Results: [^]*?\r\n(?=\S)/.exec(text)?.[0] ?? '';
    for (const one of ['iprev=pass', 'spf=pass', 'dmarc=pass']) assert.ok(results.includes(one), text);
  });

  test('whoever may not send hears which check, with its values', async () => {
    assert.match(
      await judging.send('a@victim.test', letter('a@victim.test', 'spf')),
      /^550 5\.7\.23 .*victim\.test says: 127\.0\.0\.1 is none of ours \[T:/,
    );
    assert.match(
      await judging.send('a@honest.test', letter('a@wanted.test', 'dmarc')),
      /^550 5\.7\.1 wanted\.test asks/,
    );
    assert.match(await judging.send('a@missing.test', letter('a@missing.test', 'missing')), /^550 5\.1\.8 /);
  });

  test('the trace behind the code tells the administrator all of it', async () => {
    const reply = await judging.send('a@victim.test', letter('a@victim.test', 'trace'));
    const id = /\[T:([0-9A-Z]+)\]/.exec(reply)?.[1] ?? '';
    const shown = await server.postern(['trace', 'show', id]);
    assert.equal(shown.code, 0, shown.output);
    for (const words of ['iprev: pass', 'spf: finding', 'dns TXT victim.test', '5.7.23'])
      assert.ok(shown.output.includes(words), shown.output);
    const sender = await server.postern(['trace', 'show', id, '--for', 'sender']);
    assert.ok(!sender.output.includes('iprev'), sender.output);
  });

  test('policy test says the same without delivering', async () => {
    const file = `${server.dir}/../spoof.eml`;
    writeFileSync(file, letter('a@victim.test', 'tested').replaceAll('\r\n', '\n'));
    const words = [
      'policy',
      'test',
      file,
      '--ip',
      '198.51.100.7',
      '--helo',
      'client.test',
      '--from',
      'a@victim.test',
    ];
    const tested = await server.postern(words);
    assert.equal(tested.code, 0, tested.output);
    assert.match(tested.output, /would be refused after it was sent/);
    assert.match(tested.output, /198\.51\.100\.7\s+is none of ours/);
  });

  test('P-28: with the DNS gone mail still arrives within ten seconds, and the trace says what could not be asked', async () => {
    await judging.unbound.stop();
    const started = performance.now();
    assert.match(await judging.send('a@fresh.test', letter('a@fresh.test', 'unasked')), /^250 /);
    assert.ok(performance.now() - started < 10_000);
    await judging.inbox('unasked');
    const listed = await server.postern(['trace', 'list', '--from', 'a@fresh.test', '--json']);
    const { items } = JSON.parse(listed.output) as {
      readonly items: readonly {
        readonly steps: readonly { readonly check: string; readonly outcome: string }[];
      }[];
    };
    const steps = items[0]?.steps ?? [];
    assert.ok(
      steps.some(({ check, outcome }) => check === 'sender-domain' && outcome === 'error'),
      listed.output,
    );
  });
});
