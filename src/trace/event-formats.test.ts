import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEventCef } from './event-cef.ts';
import { formatEventJson } from './event-json.ts';
import type { Event } from './events.ts';

const nowMs = 1_767_225_600_000;

function failed(user: string): Event {
  const where = { client: '203.0.113.5', listener: 'imap', session: 's1' };
  return {
    name: 'login-failed',
    ...where,
    reason: 'credentials',
    mechanism: 'PLAIN',
    failures: 3,
    weight: 1,
    user,
  };
}

test('JSON: one object on one line, whatever a peer wrote (S-05, I-87)', () => {
  const line = formatEventJson(failed('a"\n\u001b[2J\u2028","event":"login-ok'), nowMs);
  for (const character of ['\n', '\u001b', '\u2028']) assert.ok(!line.includes(character));
  assert.deepEqual(JSON.parse(line), {
    time: '2026-01-01T00:00:00.000Z',
    level: 'notice',
    event: 'login-failed',
    client: '203.0.113.5',
    listener: 'imap',
    session: 's1',
    reason: 'credentials',
    mechanism: 'PLAIN',
    failures: 3,
    weight: 1,
    user: 'a"??[2J?","event":"login-ok',
  });
});

test('CEF: a name cannot end its field or begin another', () => {
  const line = formatEventCef(failed('x src=192.0.2.1 \\ |\nsuser=root'), { nowMs, version: '0.1.0' });
  assert.equal(
    line,
    'CEF:0|Postern|Postern|0.1.0|login-failed|login failed|4|rt=1767225600000 src=203.0.113.5 posternListener=imap ' +
      'posternSession=s1 reason=credentials posternMechanism=PLAIN cnt=3 posternWeight=1 ' +
      'suser=x src\\=192.0.2.1 \\\\ |?suser\\=root',
  );
});

test('CEF: fields that mean the same do not write over each other; absent ones are left out', () => {
  const banned: Event = {
    name: 'address-banned',
    client: '203.0.113.5',
    network: '203.0.113.5/32',
    reason: 'logins',
    until: '2026-01-01T00:10:00.000Z',
    strikes: 1,
    count: 20,
    users: undefined,
  };
  const line = formatEventCef(banned, { nowMs, version: '1|2' });
  assert.match(line, /^CEF:0\|Postern\|Postern\|1\\\|2\|address-banned\|address banned\|7\|/);
  assert.match(line, / src=203\.0\.113\.5 posternNetwork=203\.0\.113\.5\/32 reason=logins /);
  assert.doesNotMatch(line, /suser|undefined/);
  const six = formatEventCef({ ...banned, client: '2001:db8::5' }, { nowMs, version: '1' });
  assert.match(six, / c6a2=2001:db8::5 c6a2Label=Source IPv6 Address posternNetwork=/);
});
