import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { renderTrace } from '#trace/trace-view.ts';
import { context, intakeWorld, mailFrom, queuedText, send } from './intake.fixture.ts';
import type { IntakeWorld, Sending } from './intake.fixture.ts';

/* I-48: what only this server may say of a message is taken out where it comes in, whoever brings it and however. */

/** Whom a reader would believe that the message is from. */
const lie = 'dmarc=pass header.from=bank.example';

const forms: readonly string[] = [
  `Authentication-Results: mx.example.test; ${lie}`,
  `AUTHENTICATION-RESULTS : MX.EXAMPLE.TEST; ${lie}`,
  `Authentication-Results:\r\n\tmx.example.test\r\n ; ${lie}`,
  `Authentication-Results: (a (nested) comment; x) mx.example.test (y) 1; ${lie}`,
  `Authentication-Results: "mx.example.test"; ${lie}`,
  `Authentication-Results: =?utf-8?q?mx.example.test?=; ${lie}`,
  `Authentication-Results: mx.example.test.; ${lie}`,
  `Authentication-Results: ; ${lie}`,
  'X-Postern-Verdict: clean',
  'x-postern-VERDICT :\r\n clean',
];

const zone: ZoneTable = { 'example.org': { MX: ['10 client.example'] } };

type Way = readonly [what: string, sending: (world: IntakeWorld) => Sending];

const ways: readonly Way[] = [
  ['mx', () => ({})],
  [
    'mx, as a client that a proxy or XCLIENT named',
    () => ({ who: { ...context('mx'), client: '198.51.100.9' } }),
  ],
  ['mx, exempt from the DNS', () => ({ who: { ...context('mx'), exempt: new Set(['dns'] as const) } })],
  ['mx, as a bounce', () => ({ mail: mailFrom('') })],
  ['mx, as a binary body', () => ({ mail: mailFrom('a@example.org', { bodyType: 'binary' }) })],
  ['mx, byte by byte', () => ({ pieceBytes: 1 })],
  ['mx, in pieces of seven', () => ({ pieceBytes: 7 })],
  ['lmtp', () => ({ who: context('lmtp') })],
  ['submission', ({ user }) => ({ who: context('submission', user), mail: mailFrom('user@example.test') })],
];

for (const policy of [true, false]) {
  for (const [what, sending] of ways) {
    test(`I-48: nobody speaks in our name by ${what}${policy ? '' : ', without policy'}`, async () => {
      for (const form of forms) {
        const world = await intakeWorld(
          policy ? { policy: { zone, settings: { 'policy.greylisting': false } } } : {},
        );
        const given = sending(world);
        const from = given.mail?.from?.domain === 'example.test' ? 'user@example.test' : 'a@example.org';
        const message = `Received: from x\r\n\tby y\r\n${form}\r\nFrom: ${from}\r\nSubject: x\r\n${form}\r\n\r\n${form}\r\n`;
        const [answer] = await send(world, { ...given, message });
        assert.ok(answer?.ok, JSON.stringify(answer));
        const text = queuedText(world);
        const [header = '', body = ''] = text.split('\r\n\r\n');
        assert.doesNotMatch(header, /bank\.example|postern-verdict|clean/i, form);
        assert.equal(body, `${form}\r\n`, 'the body is not ours to change');
        assert.match(header, /^Received: from x\r\n\tby y\r\nFrom: /m, 'what stands around it stays');
      }
    });
  }
}

test('I-48: what others say in their own name stays', async () => {
  const world = await intakeWorld({ policy: { zone, settings: { 'policy.greylisting': false } } });
  const theirs = 'Authentication-Results: mx.other.example; dkim=pass header.d=mx.example.test';
  await send(world, { message: `${theirs}\r\nFrom: a@example.org\r\n\r\nx\r\n` });
  assert.ok(queuedText(world).includes(theirs));
});

test('I-48: what recipients are shown is the stored verdict, never what a header says', async () => {
  const world = await intakeWorld({
    policy: { zone, settings: { 'policy.junk_score': 1, 'policy.greylisting': false } },
  });
  await send(world, {
    message: `Authentication-Results: mx.example.test; ${lie}\r\nX-Postern-Verdict: clean\r\nFrom: a@example.org\r\n\r\nx\r\n`,
  });
  const list = await world.store.traces.list({}, undefined, 1);
  const record = list.ok ? list.value.items[0] : undefined;
  assert.ok(record !== undefined);
  for (const audience of ['recipient', 'admin', 'sender'] as const) {
    const shown = renderTrace(record, audience).join('\n');
    assert.doesNotMatch(shown, /bank\.example|clean/, audience);
  }
  assert.match(renderTrace(record, 'recipient').join('\n'), /Junk folder/);
});
