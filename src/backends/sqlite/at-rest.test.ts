import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '#backends/system/temporary-folder.fixture.ts';
import type { AccountId, QueueId } from '#base/id.ts';
import { systemClock } from '#backends/system/system-clock.ts';
import { systemRandom } from '#backends/system/system-random.ts';
import type { Domain } from '#mail/domain.ts';
import { queueEntry } from '#store/contract-suite/queue-tests.ts';
import { traceRecord } from '#store/contract-suite/record-tests.ts';
import { sampleMessage, sampleSummary, sampleText } from '#store/contract-suite/sample-message.ts';
import type { SampleWishes } from '#store/contract-suite/sample-message.ts';
import { mailboxId, must, mustFail, noCredentials } from '#store/contract-suite/store-under-test.ts';
import type { StoreUnderTest } from '#store/contract-suite/store-under-test.ts';
import type { MessageBody } from '#store/contract/messages.ts';
import { masterSecrets } from '#store/sealing/master-secrets.ts';
import { keyBytes } from '#store/sealing/purpose-key.ts';
import { filesBelow, markerForms, markersBelow } from './markers-below.fixture.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { SqliteStore } from './sqlite-store.ts';

/* I-03: markers in everything that is secret are looked for in all files, in every form that they could have there. */

const clock = systemClock();
const random = systemRandom();

/** What is looked for; each holds letters that quoted-printable and UTF-16 write otherwise. */
const markers = {
  body: 'BödyMarkerQjxzVw',
  large: 'LärgeMarkerQjxzVw',
  subject: 'SübjectMarkerQjxzVw',
  attachment: 'AttächmentMarkerQjxzVw',
  mailbox: 'MailböxMarkerQjxzVw',
  keyword: 'KeywordMarkerQjxzVw',
  subscription: 'SubscriptiönMarkerQjxzVw',
  sender: 'sendermarkerqjxzvw',
  local: 'localmarkerqjxzvw',
  alias: 'aliasmarkerqjxzvw',
  domain: 'domainmarkerqjxzvw',
  correspondent: 'correspondentmarkerqjxzvw',
  queue: 'QueüeMarkerQjxzVw',
  submitted: 'SubmittedMärkerQjxzVw',
  reply: 'ReplyMärkerQjxzVw',
  trace: 'TräceMarkerQjxzVw',
  client: '2001:db8:dead:beef:feed:face:cafe:f00d',
  setting: 'SettingMärkerQjxzVw',
  counter: 'CounterMärkerQjxzVw',
  credential: 'CredentialMarkerQjxzVw',
  dkim: 'DkimKeyMarkerQjxzVw',
  search: 'SearchedMarkerQjxzVw',
};

const domain = `${markers.domain}.test` as Domain;

function found(folder: string): readonly string[] {
  assert.ok(filesBelow(folder).size > 5);
  return markersBelow(folder, markers);
}

async function largeBody(store: SqliteStore, wishes: SampleWishes): Promise<MessageBody> {
  const writer = store.blobs.create();
  await writer.write(Buffer.from(sampleText(wishes)));
  const committed = await writer.commit();
  assert.ok(committed.ok);
  return { kind: 'blob', ...committed.value };
}

const attachment = `--b\r\nContent-Disposition: attachment; filename="${markers.attachment}"\r\n\r\n${Buffer.from(markers.attachment).toString('base64')}\r\n`;

async function createMarkedAccount(store: SqliteStore): Promise<AccountId> {
  must(await store.domains.create(domain, clock.now()));
  const dkim = [
    {
      selector: 's',
      algorithm: 'rsa-sha256' as const,
      privateKey: markers.dkim,
      record: 'p',
      active: true,
      createdAtMs: 1,
    },
  ];
  must(await store.domains.change(domain, { dkim }, 1));
  const account = must(
    await store.accounts.create({
      address: { local: markers.local, domain },
      credentials: { ...noCredentials, argon2id: markers.credential },
      administers: [domain],
      quota: { bytes: undefined, messages: undefined },
      nowMs: clock.now(),
      reservedNameAllowed: false,
    }),
  );
  must(
    await store.aliases.create(
      { local: markers.alias, domain },
      [{ local: 'x', domain: `${markers.correspondent}.test` as Domain }],
      false,
    ),
  );
  return account.id;
}

async function fillMailbox(
  under: StoreUnderTest & { readonly store: SqliteStore },
  account: AccountId,
): Promise<void> {
  const { store } = under;
  const wishes = {
    subject: markers.subject,
    from: `${markers.sender}@elsewhere.test`,
    body: `${markers.body}\r\n${markers.search}\r\n${attachment}`,
  };
  const message = sampleMessage({ ...wishes, flags: [markers.keyword] });
  const large = { ...wishes, body: `${markers.large}\r\n`.repeat(8_000) };
  const inbox = await mailboxId(under, account, 'INBOX');
  const body = await largeBody(store, large);
  must(
    await store.messages.append(
      account,
      inbox,
      [message, { ...message, body, summary: sampleSummary(sampleText(large), large) }],
      markers.queue,
    ),
  );
  const key = { queueId: under.random.bytes(1).join('') as QueueId, recipient: `${markers.local}@${domain}` };
  must(
    await store.messages.deliver(
      account,
      message,
      { into: [{ mailbox: `Lists/${markers.mailbox}`, flags: [] }] },
      key,
    ),
  );
  must(await store.messages.synced(account));
  must(await store.mailboxes.subscribe(account, markers.subscription, true));
  must(await store.accountFiles.tend(account));
  assert.deepEqual(
    [
      ...must(
        await store.messages.search(account, inbox, {
          kind: 'text',
          field: 'text',
          value: markers.search.toLowerCase(),
        }),
      ),
    ],
    [1],
  );
  if (body.kind === 'blob') await store.blobs.remove(body.id);
}

async function fillQueue(
  under: StoreUnderTest & { readonly store: SqliteStore },
  account: AccountId,
): Promise<void> {
  const { store } = under;
  const far = `${markers.correspondent}.test` as Domain;
  const to = { local: markers.queue, domain: far };
  const recipient = { address: to, original: to, route: { kind: 'remote', domain: far } } as const;
  const { body, summary } = sampleMessage({ subject: markers.queue, body: markers.queue });
  const inbound = { ...queueEntry(under, [recipient]), body, summary };
  const submitted = {
    ...inbound,
    id: queueEntry(under, [recipient]).id,
    submitter: account,
    ...sampleMessage({ body: markers.submitted }),
  };
  const wishes = { body: `${markers.large}\r\n`.repeat(8_000) };
  const big = {
    ...inbound,
    id: queueEntry(under, [recipient]).id,
    body: await largeBody(store, wishes),
    summary: sampleSummary(sampleText(wishes), wishes),
  };
  for (const entry of [inbound, submitted, big]) {
    const [lease] = must(await store.queue.add(entry, { owner: 'me', untilMs: clock.now() + 1000 }));
    assert.ok(lease);
    const attempt = {
      atMs: 1,
      host: far,
      address: markers.client,
      tls: undefined,
      reply: markers.reply,
      inDoubt: false,
    };
    must(
      await store.queue.settle([
        { lease, recipients: [0], outcome: { kind: 'retry', atMs: clock.now() + 1e6, attempt } },
      ]),
    );
  }
}

async function fillRecords(
  under: StoreUnderTest & { readonly store: SqliteStore },
  account: AccountId,
): Promise<void> {
  const { store } = under;
  const record = traceRecord(under, {
    from: `${markers.sender}@x.test`,
    to: `${markers.local}@${domain}`,
    client: markers.client,
  });
  const marked = { ...record, facts: { subject: markers.trace } };
  store.traces.add(marked);
  store.traces.add({ ...marked, id: traceRecord(under, {}).id }, account);
  store.traces.delivered(record.id, [
    { recipient: markers.queue, attempt: 1, at: 'x', outcome: 'delivered', reply: markers.reply },
  ]);
  await store.traces.flush();
  store.traces.delivered(record.id, [
    { recipient: markers.queue, attempt: 2, at: 'x', outcome: 'delivered', reply: markers.reply },
  ]);
  await store.traces.flush();
  must(await store.counters.add(`${markers.counter} ${markers.client}`, 1, 60_000, clock.now()));
  must(await store.settings.set('test.marker', { secret: markers.setting }, 0));
}

async function inFolder(run: (dir: string) => Promise<void>): Promise<void> {
  const dir = await temporaryFolder('at-rest');
  try {
    await run(dir);
  } finally {
    await rm(dir, { recursive: true });
  }
}

interface Marked {
  readonly dir: string;
  readonly store: SqliteStore;
  readonly account: AccountId;
  /** Also done at the end of the test, however it ends. */
  close(): Promise<void>;
}

async function withMarkedStore(run: (marked: Marked) => Promise<void>): Promise<void> {
  await inFolder(async (dir) => {
    const secrets = masterSecrets(random.bytes(keyBytes), random);
    const store = must(await openSqliteStore({ dir, secrets, clock, random, threads: 1 }));
    let closed: Promise<void> | undefined;
    const close = (): Promise<void> => (closed ??= store.close());
    try {
      const under = { store, clock: clock as never, random, dispose: close };
      const account = await createMarkedAccount(store);
      await fillMailbox(under, account);
      await fillQueue(under, account);
      await fillRecords(under, account);
      await run({ dir, store, account, close });
    } finally {
      await close();
    }
  });
}

test('I-03: no marker is in any file, while the store is open and after', () =>
  withMarkedStore(async (marked) => {
    const { dir } = marked;
    assert.deepEqual(found(dir), []);
    await marked.close();
    assert.deepEqual(found(dir), []);
  }));

test('I-03: the search for markers would find them in each form', () =>
  inFolder(async (dir) => {
    for (let n = 0; n < 6; n += 1) await writeFile(join(dir, `empty-${n}`), '');
    for (const form of markerForms(markers.body)) {
      assert.ok(form.length >= 10);
      await writeFile(join(dir, 'planted'), Buffer.concat([random.bytes(100), form, random.bytes(100)]));
      assert.deepEqual(found(dir), [`body in ${join(dir, 'planted')}`], form.toString('latin1'));
    }
    const mail = ['x', 'xy', 'xyz'].map((pad) => Buffer.from(`${pad}${markers.body}.`).toString('base64'));
    for (const text of mail) {
      await writeFile(join(dir, 'planted'), text);
      assert.equal(found(dir).length, 1, text);
    }
  }));

test('I-03: after erasure the key and its wrap are in no file, and what it sealed stays shut', () =>
  withMarkedStore(async ({ dir, store, account }) => {
    const { active } = must(store.keys.account(account));
    const own = must(await store.traces.list({ account: 'acct' as AccountId }, undefined, 10)).items;
    assert.equal(own.length, 2);
    must(await store.aliases.remove({ local: markers.alias, domain }));
    must(await store.accounts.remove(account));
    for (const [path, bytes] of filesBelow(dir)) {
      assert.ok(!bytes.includes(Buffer.from(active.key)), path);
      assert.ok(!path.includes(account), path);
      if (path.includes('keys')) assert.ok(!bytes.includes(active.id), path);
    }
    mustFail(await store.mailboxes.list(account), 'not-found');
    assert.equal(must(await store.traces.list({}, undefined, 10)).items.length, 1);
    const leases = must(await store.queue.lease(clock.now() + 2e6, 10, 'me', clock.now() + 3e6));
    assert.deepEqual(
      leases.map(({ entry }) => entry.submitter),
      [undefined, undefined],
    );
    assert.deepEqual(must(await store.queue.counts()), { waiting: 0, leased: 2, held: 0 });
  }));
