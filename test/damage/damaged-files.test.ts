import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { eventually, makeFolder, missingPeer, removeFolder, runClient } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import {
  accountId,
  addAccount,
  deliver,
  deliverAll,
  eventuallySubjects,
  openImap,
  queueOf,
  type Login,
} from './mail.ts';

/* A file that is truncated, unreadable or corrupt is named with the way out; the others go on, and nothing is bounced. */

const pageBytes = 4096;

function accountFile(server: Postern, id: string): string {
  return join(server.dir, 'accounts', id.slice(-2), `${id}.db`);
}

describe('account files', () => {
  let server: Postern;
  let one: Login;
  let two: Login;
  let path: string;
  let intact: Buffer;
  let other: string;
  const saved = Array.from({ length: 40 }, (_, n) => `saved-${String(n)}`);
  let round = 0;
  const arrived: string[] = [];

  before(async () => {
    server = await startPostern();
    one = { address: server.address, password: server.password };
    two = await addAccount(server, 'two@example.test');
    path = accountFile(server, await accountId(server, one.address));
    other = accountFile(server, await accountId(server, two.address));
    await deliverAll(server, one.address, saved);
    await eventuallySubjects(server, one, saved);
    await eventually('the queue is empty', async () => (await queueOf(server)).length === 0);
    await server.stop();
    intact = readFileSync(path);
    arrived.push(...saved);
  });

  after(() => server.end());

  beforeEach(() => {
    round += 1;
  });

  /** What is broken on the stopped server must show itself, and mending it must bring everything back. */
  async function holds(damage: () => void, mend: () => void): Promise<void> {
    const waits = `waits-${String(round)}`;
    damage();
    server = await server.again();
    try {
      await isolated(waits);
    } finally {
      await server.stop();
      mend();
    }
    server = await server.again();
    arrived.push(waits);
    try {
      await eventuallySubjects(server, one, arrived);
      await eventually('the queue is empty', async () => (await queueOf(server)).length === 0, 90_000);
    } finally {
      await server.stop();
    }
    intact = readFileSync(path);
  }

  /** Named, told, and nobody else concerned. */
  async function isolated(waits: string): Promise<void> {
    await assert.rejects(
      openImap(server, one).then(async (reader) => await reader.everything('INBOX')),
      / NO \[UNAVAILABLE\] .*out of use.*try again later|closed the connection/,
    );
    assert.match(await deliver(server, one.address, waits), /^250 /);
    await deliverAll(server, two.address, [waits]);
    const reader = await openImap(server, two);
    await reader.command('SELECT INBOX');
    await reader.close();
    await eventually('it waits with the reason', async () =>
      (await queueOf(server)).some(({ recipients }) => /out of use/.test(recipients[0]?.last?.reply ?? '')),
    );
    assert.ok(!server.log().includes('bounce'), 'nothing is bounced');
    assert.match(server.log(), new RegExp(`account-fenced .*${path}`), 'the log names the file');
    assert.match(server.log(), /restore this file from a backup/);
    const seen = await server.postern(['doctor']);
    assert.equal(seen.code, 1, seen.output);
    assert.ok(seen.output.includes(path), `doctor names the file: ${seen.output}`);
    assert.match(seen.output, /postern restore/);
  }

  const put = (bytes: Buffer): void => {
    for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true, recursive: true });
    writeFileSync(path, bytes, { mode: 0o600 });
  };

  test('truncated in the middle', () =>
    holds(
      () => truncateSync(path, 3 * pageBytes),
      () => put(intact),
    ));

  test('empty', () =>
    holds(
      () => truncateSync(path, 0),
      () => put(intact),
    ));

  test('missing', () =>
    holds(
      () => renameSync(path, `${path}.away`),
      () => renameSync(`${path}.away`, path),
    ));

  test('unreadable: a folder in its place', () =>
    holds(
      () => {
        renameSync(path, `${path}.away`);
        mkdirSync(path);
      },
      () => {
        rmSync(path, { recursive: true });
        renameSync(`${path}.away`, path);
      },
    ));

  test('random bytes in the middle', () =>
    holds(
      () => {
        const bytes = Buffer.from(intact);
        for (let page = 1; page * pageBytes < bytes.length; page += 1)
          randomBytes(512).copy(bytes, page * pageBytes);
        put(bytes);
      },
      () => put(intact),
    ));

  test('another account’s file in its place', () =>
    holds(
      () => put(readFileSync(other)),
      () => put(intact),
    ));

  test('its pages exchanged with those of another account’s file', () =>
    holds(
      () => {
        const bytes = Buffer.from(intact);
        readFileSync(other).copy(bytes, pageBytes, pageBytes, 8 * pageBytes);
        put(bytes);
      },
      () => put(intact),
    ));

  test('two sealed records exchanged between rows: neither is shown, all others are, mail goes on', async () => {
    const db = new DatabaseSync(path);
    const [a, b] = db.prepare('SELECT id, summary, body FROM content ORDER BY id LIMIT 2').all();
    assert.ok(a !== undefined && b !== undefined);
    const swap = db.prepare('UPDATE content SET summary = ?, body = ? WHERE id = ?');
    swap.run(b['summary'] ?? null, b['body'] ?? null, a['id'] ?? null);
    swap.run(a['summary'] ?? null, a['body'] ?? null, b['id'] ?? null);
    db.close();
    server = await server.again();
    try {
      await deliverAll(server, one.address, ['after the exchange']);
      const reader = await openImap(server, one);
      const last = arrived.length + 1;
      await eventually('it arrives', async () =>
        (await reader.command('SELECT INBOX')).toString('latin1').includes(`* ${String(last)} EXISTS`),
      );
      for (let n = 3; n <= last; n += 1) {
        const fetched = (await reader.command(`FETCH ${String(n)} BODY.PEEK[]`)).toString('latin1');
        assert.match(fetched, /Subject: /);
      }
      await reader.close();
      for (const n of [1, 2]) {
        const mine = await openImapPatiently(server, one);
        await mine.command('SELECT INBOX');
        await assert.rejects(mine.command(`FETCH ${String(n)} BODY.PEEK[]`), / NO |closed the connection/);
      }
      assert.match(server.log(), new RegExp(`account-fenced .*${path}`));
    } finally {
      await server.stop();
      put(intact);
    }
  });
});

/** An account is tried again some seconds after it was found out of use. */
async function openImapPatiently(server: Postern, login: Login) {
  let reader: Awaited<ReturnType<typeof openImap>> | undefined;
  await eventually('the account is tried again', async () => {
    reader = await openImap(server, login);
    return await reader.command('SELECT INBOX').then(
      () => true,
      () => false,
    );
  });
  assert.ok(reader);
  return reader;
}

describe('files of the server', () => {
  const root = makeFolder('server-files');
  let server: Postern;
  let one: Login;
  let backup: string;

  before(async () => {
    server = await startPostern();
    one = { address: server.address, password: server.password };
    await deliverAll(server, one.address, ['kept']);
    await eventuallySubjects(server, one, ['kept']);
    backup = join(root, 'backup');
    assert.equal((await server.postern(['backup', backup])).code, 0);
    await server.stop();
  });

  after(async () => {
    await server.end();
    removeFolder(root);
  });

  afterEach(async () => {
    server = await server.again();
    await eventuallySubjects(server, one, ['kept']);
    await server.stop();
  });

  for (const name of ['keys', 'directory', 'queue', 'traces'])
    for (const [how, damage] of [
      ['truncated', (path: string) => truncateSync(path, 700)],
      ['random', (path: string) => writeFileSync(path, randomBytes(statSync(path).size))],
      ['missing', (path: string) => rmSync(path)],
      ['empty', (path: string) => truncateSync(path, 0)],
    ] as const) {
      if (name === 'traces' && (how === 'missing' || how === 'empty')) continue;
      test(`${name}: ${how}: the server does not start on it, and names it with the way out`, async () => {
        const path = join(server.dir, `${name}.db`);
        const intact = readFileSync(path);
        damage(path);
        await assert.rejects(server.again(), (error: unknown) => {
          assert.ok(String(error).includes(path), String(error));
          assert.match(String(error), /postern doctor|postern restore|backup/);
          return true;
        });
        const seen = await server.postern(['doctor']);
        assert.equal(seen.code, 1);
        assert.ok(seen.output.includes(path), seen.output);
        writeFileSync(path, intact);
      });
    }

  test('traces: missing: begun anew, which the log tells', async () => {
    rmSync(join(server.dir, 'traces.db'));
    server = await server.again();
    assert.match(server.log(), /traces-lost/);
    await server.stop();
  });

  test('queue: missing, without a backup: the named command begins an empty one', async () => {
    rmSync(join(server.dir, 'queue.db'));
    const renewed = await server.postern(['queue', 'renew', '--yes']);
    assert.equal(renewed.code, 0, renewed.output);
    assert.match(renewed.output, /An empty queue was begun/);
  });

  test('the master key: missing, readable by others, or another one', async () => {
    const key = join(`${server.dir}-keys`, 'master.key');
    const intact = readFileSync(key);
    for (const spoil of [
      () => renameSync(key, `${key}.away`),
      () => writeFileSync(key, `${'ab'.repeat(32)}\n`),
      () => execFileSync('chmod', ['644', key]),
    ]) {
      spoil();
      await assert.rejects(server.again(), /master key|master\.key/);
      const seen = await server.postern(['doctor']);
      assert.equal(seen.code, 1, seen.output);
      assert.match(seen.output, /FAIL .*master/);
      rmSync(key, { force: true });
      rmSync(`${key}.away`, { force: true });
      writeFileSync(key, intact, { mode: 0o600 });
    }
  });
});

describe('bodies and foreign hands', () => {
  const large = 'A large body.\r\n'.repeat(9_000).trimEnd();
  let server: Postern;
  let one: Login;

  before(async () => {
    server = await startPostern();
    one = { address: server.address, password: server.password };
  });

  after(() => server.end());

  test('a damaged large body: its message is not shown, all others are, and the log names the file', async () => {
    assert.match(await deliver(server, one.address, 'large', `${large}\r\n`), /^250 /);
    await deliverAll(server, one.address, ['small']);
    await eventuallySubjects(server, one, ['large', 'small']);
    await eventually('the queue is empty', async () => (await queueOf(server)).length === 0);
    const [wrong, right] = await Promise.all(['large', 'small'].map((subject) => find(server, one, subject)));
    const bodies = join(server.dir, 'bodies');
    const body = readdirSync(bodies, { recursive: true })
      .map((name) => join(bodies, String(name)))
      .find((path) => statSync(path).isFile() && statSync(path).size > 65_536);
    assert.ok(body);
    const intact = readFileSync(body);
    const bytes = Buffer.from(intact);
    bytes[90_000] = (bytes[90_000] ?? 0) ^ 1;
    writeFileSync(body, bytes);
    try {
      const reader = await openImap(server, one);
      await reader.command('SELECT INBOX');
      await assert.rejects(reader.command(`FETCH ${wrong ?? ''} BODY.PEEK[]`), / NO |closed the connection/);
      const again = await openImapPatiently(server, one);
      assert.match(
        (await again.command(`FETCH ${right ?? ''} BODY.PEEK[]`)).toString('latin1'),
        /Subject: small/,
      );
      await again.close();
    } finally {
      writeFileSync(body, intact);
    }
    await eventuallySubjects(server, one, ['large', 'small']);
  });

  test(
    'an operator’s sqlite3 and cp on live files, then SIGKILL: nothing is lost',
    { skip: missingPeer('sqlite3') ?? false },
    async () => {
      const id = await accountId(server, one.address);
      const expected = ['large', 'small'];
      for (let n = 0; n < 3; n += 1) {
        const subject = `foreign-${String(n)}`;
        await deliverAll(server, one.address, [subject]);
        expected.push(subject);
        for (const file of [
          accountFile(server, id),
          join(server.dir, 'queue.db'),
          join(server.dir, 'keys.db'),
        ]) {
          await runClient('sqlite3', [file, 'select count(*) from sqlite_master; pragma wal_checkpoint;']);
          await runClient('cp', [file, join(server.dir, '..', 'copy')]);
        }
        await deliverAll(server, one.address, [`${subject}-after`]);
        expected.push(`${subject}-after`);
        await server.stop('SIGKILL');
        server = await server.again();
        await eventuallySubjects(server, one, expected);
      }
    },
  );
});

/** Its sequence number. */
async function find(server: Postern, login: Login, subject: string): Promise<string> {
  const reader = await openImap(server, login);
  await reader.command('SELECT INBOX');
  const found = (await reader.command(`SEARCH SUBJECT ${subject}`)).toString('latin1');
  await reader.close();
  return /\* SEARCH (\d+)/.exec(found)?.[1] ?? '';
}
