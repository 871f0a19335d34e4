import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { filesBelow, markerForms } from '#backends/sqlite/markers-below.fixture.ts';
import { systemRandom } from '#backends/system/system-random.ts';
import { masterSecrets } from '#store/sealing/master-secrets.ts';
import {
  accountId,
  addAccount,
  eventuallySubjects,
  openImap,
  queueOf,
  submit,
  type Login,
} from '#test/damage/mail.ts';
import { eventually, makeFolder, removeFolder } from '#test/peers/peer.ts';
import { startPostern, type Postern } from '#test/peers/postern.ts';
import { SmtpWriter } from '#test/peers/smtp-writer.ts';
import { found, markers } from './markers.ts';

/* I-03 over the running server: what is secret is in no file, in no form; what was moved does not open; what was erased is gone. */
describe('at rest', () => {
  const root = makeFolder('at-rest');
  const temporary = join(root, 'tmp');
  const backup = join(root, 'backup');
  let server: Postern;
  let owner: Login;
  let other: Login;

  before(async () => {
    mkdirSync(temporary);
    server = await startPostern({ env: { TMPDIR: temporary } });
    const domain = await server.postern(['domain', 'add', `${markers.domain}.test`]);
    assert.equal(domain.code, 0, domain.output);
    owner = await addAccount(server, `${markers.account}@${markers.domain}.test`);
    other = { address: server.address, password: server.password };
    const alias = await server.postern([
      'alias',
      'add',
      `${markers.alias}@${markers.domain}.test`,
      owner.address,
    ]);
    assert.equal(alias.code, 0, alias.output);
    await fill();
  });

  after(async () => {
    await server.end();
    removeFolder(root);
  });

  async function fill(): Promise<void> {
    const writer = await SmtpWriter.connect(server.port('mx'));
    const from = `${markers.sender}@elsewhere.test`;
    assert.match(await writer.send(from, [owner.address], marked(markers.body)), /^250 /);
    const large = `${markers.large}\r\n`.repeat(8_000);
    assert.match(
      await writer.send(from, [`${markers.alias}@${markers.domain}.test`], marked(large)),
      /^250 /,
    );
    await writer.command(`EHLO ${markers.hello}.test`);
    const refused = [
      `${markers.refusedRecipient}@${markers.domain}.test`,
      `${markers.refusedRecipient}@relay.test`,
    ];
    for (const to of refused) {
      assert.match(await writer.send(`${markers.refusedSender}@elsewhere.test`, [to], 'x\r\n'), /^550 /);
      await writer.command('RSET');
    }
    writer.close();
    const to = `${markers.queueRecipient}@${markers.queueDomain}.test`;
    assert.match(
      await submit(server, owner, { to, subject: markers.queueBody, body: markers.queueBody }),
      /^250 /,
    );
    await eventually('both have arrived', async () => (await count()) === 2);
    const reader = await openImap(server, owner);
    await reader.command(`CREATE "Lists/${markers.mailbox}"`);
    await reader.command('SELECT INBOX');
    await reader.command(`STORE 1 +FLAGS (${markers.keyword})`);
    await reader.command(`COPY 1:2 "Lists/${markers.mailbox}"`);
    await reader.append('Drafts', Buffer.from(marked(markers.draft)), '\\Draft', new Date());
    await reader.command('SEARCH TEXT "markerqjxzvw"');
    await reader.close();
    // Text for search is written when an account has been quiet; traces in lots.
    await sleep(4_000);
  }

  async function count(): Promise<number> {
    const reader = await openImap(server, owner);
    const selected = (await reader.command('SELECT INBOX')).toString('latin1');
    await reader.close();
    return Number(/\* (\d+) EXISTS/.exec(selected)?.[1]);
  }

  test('what was written is there, so that the search below means something', async () => {
    const reader = await openImap(server, owner);
    await reader.command('SELECT INBOX');
    const searched = (await reader.command('SEARCH TEXT "MarkerQjxzVw"')).toString('latin1');
    assert.match(searched, /\* SEARCH 1 2/);
    await reader.close();
    assert.equal((await queueOf(server)).length, 1);
    const traces = await server.postern(['trace', 'list', '--json']);
    assert.match(traces.output, new RegExp(markers.refusedRecipient));
    for (const form of markerForms(markers.body)) assert.ok(form.length >= 10);
    writeFileSync(join(root, 'planted'), `x${Buffer.from(`..${markers.body}..`).toString('base64')}`);
    assert.deepEqual(found(root), [`body in ${join(root, 'planted')}`]);
    writeFileSync(join(root, 'planted'), '');
  });

  test('nothing is found while the server runs, with a message under way, in its spool and temporary files', async () => {
    const writer = await SmtpWriter.connect(server.port('mx'));
    for (const line of [`MAIL FROM:<${markers.sender}@elsewhere.test>`, `RCPT TO:<${owner.address}>`])
      assert.match(await writer.command(line), /^250/);
    assert.match(await writer.command('DATA'), /^354/);
    writer.write(marked(`${markers.underWay}\r\n`.repeat(20_000)));
    await eventually('the spool grows', () =>
      [...filesBelow(join(server.dir, 'bodies', 'new'))].some(([, bytes]) => bytes.length > 65_536),
    );
    assert.deepEqual(found(server.dir), []);
    assert.deepEqual(found(temporary), []);
    writer.close();
  });

  test('nothing is found in backups, of everything and of one account', async () => {
    assert.equal((await server.postern(['backup', backup])).code, 0);
    assert.equal((await server.postern(['backup', join(root, 'one'), '--account', owner.address])).code, 0);
    assert.deepEqual(found(root), []);
  });

  test('nothing is found after a kill, while WALs lie open, nor after a clean stop', async () => {
    await server.stop('SIGKILL');
    assert.deepEqual(found(server.dir), []);
    server = await server.again();
    await server.stop();
    assert.deepEqual(found(server.dir), []);
    server = await server.again();
  });

  test('sealed records moved between columns, accounts and files do not open, and are said to be damaged', async () => {
    const [mine, others] = [await accountId(server, owner.address), await accountId(server, other.address)];
    const path = (id: string): string => join(server.dir, 'accounts', id.slice(-2), `${id}.db`);
    const writer = await SmtpWriter.connect(server.port('mx'));
    assert.match(
      await writer.send(
        'a@elsewhere.test',
        [other.address],
        'From: a@elsewhere.test\r\nSubject: other\r\n\r\nx\r\n',
      ),
      /^250 /,
    );
    writer.close();
    await eventuallySubjects(server, other, ['other']);
    const exchanges: readonly (readonly [string, () => void])[] = [
      ['columns of one row', () => change(path(mine), 'UPDATE content SET summary = body, body = summary')],
      [
        'accounts',
        () => {
          const sealed = value(path(others), 'SELECT body FROM content LIMIT 1');
          change(path(mine), 'UPDATE content SET body = ?', sealed);
        },
      ],
      [
        'files',
        () => {
          const sealed = value(join(server.dir, 'directory.db'), 'SELECT sealed FROM account LIMIT 1');
          change(path(mine), 'UPDATE content SET summary = ?', sealed);
        },
      ],
    ];
    for (const [what, exchange] of exchanges) {
      await server.stop();
      const intact = readFileSync(path(mine));
      exchange();
      server = await server.again();
      const reader = await openImap(server, owner);
      await reader.command('SELECT INBOX');
      await assert.rejects(reader.command('FETCH 1 (ENVELOPE BODY.PEEK[])'), / NO |closed/, what);
      await reader.close().catch(() => undefined);
      await server.stop();
      writeFileSync(path(mine), intact);
      server = await server.again();
    }
    await server.stop();
    const queue = join(server.dir, 'queue.db');
    const intact = readFileSync(queue);
    change(queue, 'UPDATE entry SET meta = body, body = meta');
    server = await server.again();
    await eventually('the queue says so', async () =>
      /damage/.test((await server.postern(['queue', 'list'])).output),
    );
    await server.stop();
    writeFileSync(queue, intact);
    server = await server.again();
  });

  test('after erasure neither the key nor its wrap is in any file, and what it sealed is gone', async () => {
    const id = await accountId(server, owner.address);
    const wraps = wrapsOf(join(backup, 'keys.db'), id);
    assert.equal(wraps.length, 1);
    const master = Buffer.from(readFileSync(join(`${server.dir}-keys`, 'master.key'), 'utf8').trim(), 'hex');
    const secrets = masterSecrets(master, systemRandom());
    const holds = (needle: Uint8Array | string): readonly string[] =>
      [...filesBelow(server.dir)].flatMap(([path, bytes]) => (bytes.includes(needle) ? [path] : []));
    for (const { key, wrapped } of wraps) {
      assert.notDeepEqual(holds(wrapped), [], 'before, the wrap is there');
      const plain = secrets.unwrap(`account ${id} ${key}`, wrapped);
      assert.ok(plain.ok);
      assert.deepEqual(holds(plain.value), [], 'the key itself never is');
    }
    const removed = await server.postern(['account', 'remove', owner.address, '--yes', '--json']);
    assert.equal(removed.code, 0, removed.output);
    for (const { key, wrapped } of wraps) {
      assert.deepEqual(holds(wrapped), []);
      assert.deepEqual(holds(wrapped.subarray(25)), []);
      assert.deepEqual(
        [...filesBelow(server.dir)].filter(([path, bytes]) => /keys/.test(path) && bytes.includes(key)),
        [],
      );
    }
    assert.throws(() => statSync(join(server.dir, 'accounts', id.slice(-2), `${id}.db`)));
    await eventually('what it submitted leaves the queue', async () => (await queueOf(server)).length === 0);
    await server.stop();
    for (const { wrapped } of wraps) assert.deepEqual(holds(wrapped), []);
    server = await server.again();
  });
});

function marked(body: string): string {
  const attachment = Buffer.from(`${markers.attachment}\r\n`.repeat(3)).toString('base64');
  return [
    `From: =?utf-8?q?${markers.sender}?= <${markers.sender}@elsewhere.test>`,
    `Subject: =?utf-8?b?${Buffer.from(markers.subject).toString('base64')}?=`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    Buffer.from(body).toString('latin1'),
    '--b',
    `Content-Type: application/octet-stream; name="=?utf-8?b?${Buffer.from(markers.fileName).toString('base64')}?="`,
    'Content-Transfer-Encoding: base64',
    '',
    attachment.replaceAll(/.{76}/g, '$&\r\n'),
    '--b--',
    '',
  ].join('\r\n');
}

function change(path: string, sql: string, ...values: readonly Uint8Array[]): void {
  const db = new DatabaseSync(path);
  db.prepare(sql).run(...values);
  db.close();
}

function value(path: string, sql: string): Uint8Array {
  const db = new DatabaseSync(path);
  const row: Record<string, unknown> = db.prepare(sql).get() ?? {};
  db.close();
  const [bytes] = Object.values(row);
  assert.ok(bytes instanceof Uint8Array);
  return bytes;
}

function wrapsOf(
  path: string,
  account: string,
): readonly { readonly key: string; readonly wrapped: Uint8Array }[] {
  const db = new DatabaseSync(path, { readOnly: true });
  const rows = db.prepare('SELECT id, wrapped FROM key WHERE account = ?').all(account);
  db.close();
  return rows.flatMap((row) =>
    row['wrapped'] instanceof Uint8Array ? [{ key: String(row['id']), wrapped: row['wrapped'] }] : [],
  );
}
