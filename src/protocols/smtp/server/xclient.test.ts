import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeIntake, lineFrame, makeSession, said } from './smtp-session.fixture.ts';
import type { SmtpRole } from './smtp-options.ts';

type Become = (client: string, port: number | undefined) => boolean;

async function talk(become: Become | undefined, lines: readonly string[], role: SmtpRole = 'mx') {
  const intake = fakeIntake();
  const session = makeSession(intake, { role, become });
  await session.open();
  const replies: string[] = [];
  for (const line of lines) replies.push(said(await session.frame(lineFrame(line))));
  return { intake, replies };
}

test('a named peer is offered XCLIENT, others are not and may not', async () => {
  const named = await talk(() => true, ['EHLO proxy.example']);
  assert.match(named.replies[0] ?? '', /^250-XCLIENT ADDR PORT PROTO HELO\r$/m);
  const stranger = await talk(undefined, ['EHLO x.example', 'XCLIENT ADDR=192.0.2.1']);
  assert.doesNotMatch(stranger.replies[0] ?? '', /XCLIENT/);
  assert.match(stranger.replies[1] ?? '', /^500 5\.5\.1 /);
  const lmtp = await talk(() => true, ['LHLO proxy.example', 'XCLIENT ADDR=192.0.2.1'], 'lmtp');
  assert.doesNotMatch(lmtp.replies.join(''), /XCLIENT ADDR/);
  assert.match(lmtp.replies[1] ?? '', /^500 /);
});

test('the session begins anew as the client that it names', async () => {
  const became: unknown[] = [];
  const become: Become = (client, port) => became.push([client, port]) > 0;
  const lines = [
    'EHLO proxy.example',
    'XCLIENT ADDR=IPV6:2001:DB8::5 PORT=4711 HELO=client.example PROTO=SMTP',
    'MAIL FROM:<a@b.example>',
    'XCLIENT ADDR=[UNAVAILABLE]',
  ];
  const { replies } = await talk(become, lines);
  assert.deepEqual(became, [
    ['2001:db8::5', 4711],
    ['unknown', undefined],
  ]);
  assert.match(replies[1] ?? '', /^220 mx\.example\.test ESMTP/);
  assert.match(replies[2] ?? '', /^503 /, 'no hello yet');
  assert.match(replies[3] ?? '', /^220 /);
});

test('an address that is not told changes nobody; one that is told to be unknown is nobody’s', async () => {
  const became: unknown[] = [];
  const become: Become = (client) => became.push(client) > 0;
  const lines = ['XCLIENT PORT=25 HELO=a.example', 'XCLIENT ADDR=[TEMPUNAVAIL]', 'XCLIENT ADDR=unknown'];
  const { replies } = await talk(become, lines);
  assert.deepEqual(became, ['unknown']);
  assert.match(replies[0] ?? '', /^220 /);
  assert.match(replies[2] ?? '', /^501 /);
});

test('who is not let in hears so, and the connection ends', async () => {
  const { replies } = await talk(() => false, ['XCLIENT ADDR=192.0.2.1']);
  assert.match(replies[0] ?? '', /^421 4\.7\.0 That client is not accepted/);
});

test('what is malformed, or more than is offered, changes nothing: never a log-in (S-01)', async () => {
  const wrong = [
    'XCLIENT',
    'XCLIENT LOGIN=admin@example.test',
    'XCLIENT ADDR=192.0.2.1 LOGIN=admin@example.test',
    'XCLIENT NAME=mail.example',
    'XCLIENT ADDR=192.0.2.1 ADDR=192.0.2.2',
    'XCLIENT ADDR=192.0.2',
    'XCLIENT ADDR=',
    'XCLIENT ADDR=192.0.2.1  PORT=1',
    'XCLIENT ADDR=192.0.2.1 PORT=65536',
    'XCLIENT PROTO=LMTP',
    'XCLIENT HELO=a+0D+0Ab',
    'XCLIENT HELO=a+20b',
  ];
  for (const line of wrong) {
    const { replies } = await talk(() => assert.fail(line), ['EHLO proxy.example', line]);
    assert.match(replies[1] ?? '', /^501 /, line);
  }
  const during = await talk(
    () => assert.fail('in a transaction'),
    ['EHLO proxy.example', 'MAIL FROM:<a@b.example>', 'XCLIENT ADDR=192.0.2.1'],
  );
  assert.match(during.replies[2] ?? '', /^503 /);
});
