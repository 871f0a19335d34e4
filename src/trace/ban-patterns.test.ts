import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatEventLine } from './event-line.ts';
import type { Event } from './events.ts';

const contrib = join(import.meta.dirname, '../../contrib');

/** The patterns that are given away, as this language writes them. */
function patterns(): { readonly fail2ban: readonly RegExp[]; readonly rdpGuard: RegExp } {
  const filter = readFileSync(join(contrib, 'fail2ban/filter.d/postern.conf'), 'utf8');
  const [, block = ''] = /^failregex = ([\s\S]*?)^ignoreregex/m.exec(filter) ?? [];
  const fail2ban = block
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    // Fail2Ban cuts the date off before it looks.
    .map((line) => new RegExp(line.replace('^', '^\\S+').replace('<ADDR>', '([0-9A-Fa-f.:]+)')));
  const engine = readFileSync(join(contrib, 'rdpguard/PosternEngine.cs'), 'utf8');
  const [, pattern = ''] = /@"(\^\\S\+ .*)",$/m.exec(engine) ?? [];
  return { fail2ban, rdpGuard: new RegExp(pattern.replaceAll('""', '"')) };
}

const { fail2ban, rdpGuard } = patterns();

function addressBanned(line: string): string | undefined {
  return fail2ban.map((pattern) => pattern.exec(line)?.[1]).find((found) => found !== undefined);
}

function failed(change: Partial<Extract<Event, { name: 'login-failed' }>> = {}): string {
  const session = { client: '203.0.113.5', listener: 'imap', session: 'Vt4zG_-x' };
  const how = { reason: 'credentials', mechanism: 'PLAIN', failures: 3, weight: 1, user: 'root' };
  return formatEventLine({ name: 'login-failed', ...session, ...how, ...change }, 1_767_225_600_000);
}

test('Fail2Ban and RdpGuard find the address of a failed log-in (I-81, I-82)', () => {
  const lines: readonly (readonly [string, string])[] = [
    [failed(), '203.0.113.5'],
    [failed({ client: '2001:db8::5' }), '2001:db8::5'],
    [failed({ user: undefined }), '203.0.113.5'],
    [
      failed({ mechanism: 'SCRAM-SHA-256-PLUS', reason: 'malformed', user: 'a "b" \\ c\n\u001b[2Jd' }),
      '203.0.113.5',
    ],
  ];
  for (const [line, address] of lines) {
    assert.equal(addressBanned(line), address, line);
    assert.equal(rdpGuard.exec(line)?.[1], address, line);
  }
});

test('what is no attack, and what a peer writes, bans nobody (S-05)', () => {
  const forged = 'x client=192.0.2.1 listener=a session=b reason=c mechanism=d failures=1 weight=1';
  const lines = [
    failed({ weight: 0 }),
    failed({ weight: 0.25 }),
    failed({ weight: 0, user: forged }),
    failed({ weight: 0, user: `\n2026-01-01T00:00:00.000Z notice login-failed client=192.0.2.1 ${forged}` }),
    failed({ weight: 0, user: 'x" weight=1 user="y' }),
  ];
  for (const line of lines) {
    assert.equal(addressBanned(line), undefined, line);
    assert.equal(rdpGuard.test(line), false, line);
  }
  for (const user of [forged, 'x rhost=192.0.2.1', '"'])
    assert.equal(addressBanned(failed({ user })), '203.0.113.5');
});

test('a ban, and what is refused after it, are matched too', () => {
  const banned: Event = {
    name: 'address-banned',
    client: '203.0.113.5',
    network: '203.0.113.5/32',
    reason: 'logins',
    until: '2026-01-01T00:10:00.000Z',
    strikes: 1,
    count: 20,
    users: 'root admin',
  };
  assert.equal(addressBanned(formatEventLine(banned, 0)), '203.0.113.5');
  assert.equal(addressBanned(formatEventLine({ ...banned, reason: 'administrator' }, 0)), undefined);
  const limited = { name: 'login-limited', client: '203.0.113.5', listener: 'imap', session: 's' } as const;
  assert.equal(addressBanned(formatEventLine({ ...limited, limit: 'address' }, 0)), '203.0.113.5');
  assert.equal(addressBanned(formatEventLine({ ...limited, limit: 'account' }, 0)), undefined);
});
