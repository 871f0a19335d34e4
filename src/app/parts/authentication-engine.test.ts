import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseDomain } from '#mail/domain.ts';
import { splitHeader } from '#mail/header.ts';
import { makeEd25519Key, recordOf, signAs } from '#mailauth/dkim/sign-as.fixture.ts';
import type { DnsServer } from '#net/dns/dns-exchange.ts';
import { startFakeDnsServer } from '#net/dns/dns-server.fixture.ts';
import { authenticateMs } from '#policy/aside/authenticate-mail.ts';
import type { UnjudgedMail } from '#policy/aside/authenticate-mail.ts';
import type { Event } from '#trace/events.ts';
import { makeAuthenticationEngine } from './authentication-engine.ts';

const skip = availableParallelism() < 2 && 'with one processor there is no such thread';

const threadComesMs = 30_000;

const key = makeEd25519Key();
const records: Readonly<Record<string, string>> = {
  's._domainkey.a.test': recordOf(key),
  '_dmarc.a.test': 'v=DMARC1; p=reject',
};

function mailOf(message: string): UnjudgedMail {
  const bytes = Buffer.from(message, 'latin1');
  const { text, bodyStart } = splitHeader(bytes);
  const domain = parseDomain('a.test');
  assert.ok(domain.ok);
  return {
    header: text.slice(0, bodyStart),
    body: new Uint8Array(bytes.subarray(bodyStart)),
    author: { domain: domain.value, spf: { result: 'fail', domain: 'c.test' } },
  };
}

test('P-20: a thread of its own verifies signatures and judges DMARC by the DNS', { skip }, async () => {
  const dns = await startFakeDnsServer(({ id, questions = [] }) => {
    const name = questions[0]?.name ?? '';
    const record = records[name];
    const answers = record === undefined ? [] : [{ type: 'TXT' as const, name, ttl: 60, data: [record] }];
    return [{ type: 'response', id, flags: 0x180, questions, answers }];
  });
  const events: Event[] = [];
  const servers: readonly DnsServer[] = [{ address: '127.0.0.1', port: dns.port, trustAd: false }];
  const engine = makeAuthenticationEngine(servers, { emit: (event) => void events.push(event) });
  assert.ok(engine !== undefined);
  try {
    const end = performance.now() + threadComesMs;
    while (!engine.offer()) {
      assert.ok(performance.now() < end, 'the thread does not come');
      await sleep(5);
    }
    const honest = signAs('From: me@a.test\r\nSubject: x\r\n\r\nWords.\r\n', { key });
    for (const [message, dkim, dmarc] of [
      [honest, 'pass', 'pass'],
      [`${honest}more\r\n`, 'fail', 'fail'],
    ] as const) {
      const judged = await engine.run(mailOf(message), authenticateMs);
      assert.ok(judged.ok);
      assert.deepEqual(
        judged.value.dkim.outcomes.map(({ result }) => result),
        [dkim],
      );
      assert.equal(judged.value.dmarc?.result, dmarc);
      const names: readonly string[] = judged.value.questions.map(({ name }) => name);
      assert.ok(names.includes('s._domainkey.a.test') && names.includes('_dmarc.a.test'), names.join());
    }
    assert.deepEqual(events, []);
  } finally {
    await engine.close();
    await dns.close();
  }
});
