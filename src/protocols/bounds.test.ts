import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Framer } from '#base/framing.ts';
import type { Next } from '#protocols/conversation.ts';
import { TestConnection } from './imap/connection.fixture.ts';
import * as imap from './imap/limits.ts';
import { TestServer } from './imap/server.fixture.ts';
import * as pop3 from './pop3/limits.ts';
import { startPop3 } from './pop3/pop3.fixture.ts';
import { fakeIntake, makeSession } from './smtp/server/smtp-session.fixture.ts';

/** One bound of S-09: what still fits, and what is one more. `within` and `beyond` match what is heard. */
interface Bound {
  readonly what: string;
  readonly max: number;
  /** What the client says with so many. */
  readonly say: (count: number) => string;
  readonly beyond: RegExp;
  /** The connection ends with one more. */
  readonly closes: boolean;
}

const guestBounds: readonly Bound[] = [
  {
    what: 'octets of a command before login',
    max: imap.commandBytesMaxBeforeLogin,
    say: (count) => `a LOGIN u ${'x'.repeat(count - 'a LOGIN u '.length)}`,
    beyond: /^a BAD .*\r\n\* BYE/,
    closes: true,
  },
  {
    what: 'octets of literals before login, not waited for',
    max: imap.literalBytesMaxBeforeLogin,
    say: (count) => `a LOGIN u {${count}+}\r\n${'x'.repeat(count)}`,
    beyond: /^a BAD \[TOOBIG\].*\r\n\* BYE/,
    closes: true,
  },
  {
    what: 'octets of literals before login, asked for',
    max: imap.literalBytesMaxBeforeLogin,
    say: (count) => `a LOGIN u {${count}}`,
    beyond: /^a BAD \[TOOBIG\]/,
    closes: false,
  },
];

const nested = (count: number): string => `${'NOT '.repeat(count)}ALL`;
const many = (count: number, word: string): string => Array.from({ length: count }, () => word).join(' ');

const accountBounds: readonly Bound[] = [
  {
    what: 'octets of a command',
    max: imap.commandBytesMax,
    say: (count) => `a SEARCH SUBJECT "${'x'.repeat(count - 'a SEARCH SUBJECT ""'.length)}"`,
    beyond: /^a BAD .*\r\n\* BYE/,
    closes: true,
  },
  {
    what: 'octets of literals, not waited for: refused and closed, never buffered',
    max: imap.literalBytesMax,
    say: (count) => `a SEARCH SUBJECT {${count}+}\r\n${'x'.repeat(count)}`,
    beyond: /^a BAD \[TOOBIG\].*\r\n\* BYE/,
    closes: true,
  },
  {
    what: 'literals of a command',
    max: imap.literalsMax,
    say: (count) => `a SEARCH OR ALL${' SUBJECT {1+}\r\nx'.repeat(count)}`,
    beyond: /^a BAD \[TOOBIG\]/,
    closes: true,
  },
  {
    what: 'nesting of SEARCH',
    max: imap.searchDepthMax,
    say: (count) => `a SEARCH ${nested(count - 1)}`,
    beyond: /^a BAD /,
    closes: false,
  },
  {
    what: 'keys of SEARCH',
    max: imap.searchKeysMax,
    say: (count) => `a SEARCH ${many(count, 'ALL')}`,
    beyond: /^a BAD /,
    closes: false,
  },
  {
    what: 'ranges of a set',
    max: imap.sequenceRangesMax,
    say: (count) => `a UID SEARCH UID ${'1,'.repeat(count - 1)}1`,
    beyond: /^a BAD /,
    closes: false,
  },
  {
    what: 'items of FETCH',
    max: imap.fetchItemsMax,
    say: (count) => `a UID FETCH 1 (${many(count, 'FLAGS')})`,
    beyond: /^a BAD /,
    closes: false,
  },
  {
    what: 'patterns of LIST',
    max: imap.listPatternsMax,
    say: (count) => `a LIST "" (${many(count, '%')})`,
    beyond: /^a BAD /,
    closes: false,
  },
  {
    what: 'characters of the patterns of LIST',
    max: imap.listPatternCharactersMax,
    say: (count) => `a LIST "" "${'x'.repeat(count)}"`,
    beyond: /^a BAD /,
    closes: false,
  },
  {
    what: 'flags of STORE',
    max: imap.flagsMax,
    say: (count) => `a UID STORE 1 FLAGS (${many(count, '\\Seen')})`,
    beyond: /^a BAD /,
    closes: false,
  },
  {
    what: 'characters of a keyword',
    max: imap.keywordCharactersMax,
    say: (count) => `a UID STORE 1 FLAGS (${'k'.repeat(count)})`,
    beyond: /^a BAD /,
    closes: false,
  },
];

const connections = {
  guest: (server: TestServer) => server.connect(),
  account: (server: TestServer) => server.login('INBOX'),
};

for (const [who, bounds] of [
  ['guest', guestBounds],
  ['account', accountBounds],
] as const)
  for (const { what, max, say, beyond, closes } of bounds)
    test(`IMAP: ${max} ${what}, and no more (S-09)`, async () => {
      const server = await TestServer.start();
      const fits = await connections[who](server);
      const heard = await fits.say(say(max));
      assert.doesNotMatch(heard, beyond);
      assert.doesNotMatch(heard, /^a BAD|BYE/m, heard.slice(0, 200));
      const more = await connections[who](server);
      assert.match(await more.say(say(max + 1)), beyond);
      assert.equal(more.over, closes);
    });

test('IMAP: a message of an APPEND has what is set, and no more; one that comes unasked for is closed upon (S-09)', async () => {
  const server = await TestServer.start({ appendSizeBytesMax: 100_000 });
  const append = (count: number, mark: string): string => `a APPEND INBOX {${count}${mark}}\r\n`;
  const fits = await server.login();
  assert.match(await fits.say(`${append(100_000, '+')}${'x'.repeat(100_000)}`), /^a OK/);
  const waits = await server.login();
  assert.match(await waits.say(append(100_001, '').trimEnd()), /^a NO \[TOOBIG\]/);
  assert.equal(waits.over, false);
  const more = await server.login();
  assert.match(await more.say(append(100_001, '+').trimEnd()), /^a NO \[TOOBIG\].*\r\n\* BYE/);
  assert.equal(more.over, true);
});

test('COMPRESS is offered and begun after login only, and once (S-09, RFC 4978)', async () => {
  const server = await TestServer.start();
  const guest = await server.connect();
  assert.doesNotMatch(await guest.say('a CAPABILITY'), /COMPRESS/);
  assert.match(await guest.say('b COMPRESS DEFLATE'), /^b BAD/);
  const client = await server.login();
  assert.match(await client.say('a CAPABILITY'), / COMPRESS=DEFLATE[ \r]/);
  assert.match(await client.say('b COMPRESS DEFLATE'), /^b OK/);
  assert.match(await client.say('c COMPRESS DEFLATE'), /^c BAD \[COMPRESSIONACTIVE\]/);
  assert.doesNotMatch(await client.say('d CAPABILITY'), /COMPRESS/);
});

test('patterns of LIST and sets cost what they are long (S-09)', async () => {
  const server = await TestServer.start();
  const client = await server.login('INBOX');
  for (let index = 0; index < 20; index += 1) await client.say(`a CREATE ${'a'.repeat(200)}${index}`);
  const startMs = performance.now();
  await client.say(`a LIST "" "${'*a'.repeat(1000)}b"`);
  await client.say(`a LIST "" "${'%a'.repeat(1000)}b"`);
  await client.say(`a UID SEARCH UID ${'1:4294967295,'.repeat(4000)}1`);
  assert.ok(performance.now() - startMs < 2000);
});

async function pop3Connection(): Promise<TestConnection> {
  const server = await startPop3();
  const connection = new TestConnection(server.factory, { tls: true });
  await connection.open();
  return connection;
}

test('POP3: a line has 8 KiB, and no more; a guest has a minute (S-09)', async () => {
  assert.equal(pop3.lineBytesMax, 8192);
  const fits = await pop3Connection();
  assert.match(await fits.say(`USER ${'x'.repeat(pop3.lineBytesMax - 'USER '.length)}`), /^\+OK/);
  const more = await pop3Connection();
  assert.match(
    await more.say(`USER ${'x'.repeat(pop3.lineBytesMax + 1 - 'USER '.length)}`),
    /^-ERR Not a line/,
  );
  assert.equal(more.waitsFor.kind === 'line' && more.waitsFor.timeoutMs, 60_000);
  assert.doesNotMatch(await fits.say('CAPA'), /COMPRESS/);
});

/** What the frame of a line so long is, under the limit that the session asked for. */
function frameOf(next: Next, bytes: number): string | undefined {
  assert.ok(next.kind === 'line');
  const framer = new Framer();
  framer.push(Buffer.from(`${'x'.repeat(bytes)}\r\n`));
  return framer.next(next)?.kind;
}

test('SMTP: a command has 8,190 octets before a login and 2,046 elsewhere, and no more (S-09)', async () => {
  for (const [role, max] of [
    ['submission', 8190],
    ['mx', 2046],
    ['lmtp', 2046],
  ] as const) {
    const session = makeSession(fakeIntake(), { role });
    const { next } = await session.open();
    assert.deepEqual([frameOf(next, max), frameOf(next, max + 1)], ['line', 'overlong'], role);
    if (role === 'submission') assert.equal(next.kind === 'line' && next.timeoutMs, 60_000);
  }
});
