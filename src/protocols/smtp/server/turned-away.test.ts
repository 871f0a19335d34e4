import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Intake } from '#delivery/receive/intake.ts';
import { fakeIntake, lineFrame, makeSession, said } from './smtp-session.fixture.ts';

const refusal = { code: 554, status: '5.7.1', text: 'mail from you is not accepted here', close: true };

function refusing(from: (client: string) => boolean): Intake {
  return {
    ...fakeIntake(),
    connecting: ({ client }) => (from(client) ? refusal : undefined),
  };
}

test('P-24: who is on the block list hears so in the place of the greeting (RFC 5321 §3.1), and is gone', async () => {
  const turn = await makeSession(refusing(() => true)).open();
  assert.equal(said(turn), '554 5.7.1 mail from you is not accepted here\r\n');
  assert.deepEqual(turn.next, { kind: 'close' });
  const other = await makeSession(refusing(() => false)).open();
  assert.match(said(other), /^220 /);
});

test('P-24: a client for whom a named peer speaks is asked for anew', async () => {
  let asked = 0;
  const session = makeSession(
    refusing(() => (asked += 1) > 1),
    { role: 'mx', become: () => true },
  );
  assert.match(said(await session.open()), /^220 /);
  await session.frame(lineFrame('EHLO proxy.example'));
  const turn = await session.frame(lineFrame('XCLIENT ADDR=203.0.113.5'));
  assert.match(said(turn), /^554 5\.7\.1 /);
  assert.deepEqual(turn.next, { kind: 'close' });
});
