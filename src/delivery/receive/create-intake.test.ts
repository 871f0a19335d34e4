import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { BlobWriter, Blobs } from '#platform/blobs.ts';
import type { Refusal } from './intake.ts';
import { address, begin, context, intakeWorld, mailFrom, queuedText, send } from './intake.fixture.ts';
import type { IntakeWorld } from './intake.fixture.ts';
import { foreignHeaderBytesMax } from '#mail/message-limits.ts';
import { receiveSettings } from './receive-settings.ts';
import { parseMessage } from '#mail/message-parser.ts';
import { inboundRecipientsMin, intakeDefaults } from './intake-settings.ts';

function refusal(answer: { readonly ok: boolean; readonly reply?: Refusal } | undefined): Refusal {
  assert.ok(answer !== undefined && !answer.ok && answer.reply !== undefined);
  const { code, status, text } = answer.reply;
  assert.equal(String(code).charAt(0), status.charAt(0), `${code} ${status}`);
  assert.match(text, / \[T:[0-9A-Z]{26}\]$/);
  return answer.reply;
}

async function rcpt(world: IntakeWorld, who: Parameters<typeof begin>[1], to: string) {
  const from = who.role === 'submission' ? 'user@example.test' : 'x@example.org';
  const transaction = await begin(world, who, mailFrom(from));
  return transaction.recipient(address(to));
}

test('a message for us is queued with our Received field in front, byte for byte, and leased from memory', async () => {
  const world = await intakeWorld();
  const message = 'From: a@example.org\r\nBcc: keep@example.org\r\nsubject:x\r\n\r\n.\r\nbody\r\n';
  const [answer] = await send(world, { message });
  assert.ok(answer?.ok);
  const text = queuedText(world);
  assert.ok(text.endsWith(message));
  const received = text.slice(0, -message.length);
  assert.equal(
    received,
    'Received: from client.example ([203.0.113.5])\r\n' +
      ` by mx.example.test with ESMTP id ${answer.value.queueId}\r\n` +
      ' for <user@example.test>;\r\n Thu, 01 Jan 2026 00:00:00 +0000\r\n',
  );
  const entry = world.leases[0]?.entry;
  assert.deepEqual(entry?.summary, parseMessage(Buffer.from(text, 'latin1')));
  assert.equal(entry.origin, 'inbound');
  assert.equal(entry.submitter, undefined);
  assert.deepEqual(
    world.events.map(({ name }) => name),
    ['message-accepted'],
  );
  const trace = await world.store.traces.get(entry.traceId);
  assert.ok(trace.ok);
  assert.equal(trace.value.kind, 'message');
  assert.equal(trace.value.queueId, entry.id);
});

test('the queue gets the same whatever the pieces it came in', async () => {
  const header = `From: a@example.org\r\n${'X-Long: folded\r\n\tline\r\n'.repeat(40)}\r\n`;
  for (const size of [1000, 65_000, 70_000, 200_000]) {
    const message = Buffer.from(
      header +
        'x'
          .repeat(70)
          .concat('\r\n')
          .repeat(size / 72),
    );
    const bodies = await Promise.all(
      [1, 7, 4096, message.byteLength]
        .filter((piece) => piece > 1 || size < 2000)
        .map(async (pieceBytes) => {
          const world = await intakeWorld();
          const [answer] = await send(world, { message, pieceBytes });
          assert.ok(answer?.ok);
          const body = world.leases[0]?.entry.body;
          assert.ok(body !== undefined);
          if (body.kind === 'bytes') return Buffer.from(body.bytes);
          assert.ok(size > 60_000);
          const pieces: Uint8Array[] = [];
          for await (const piece of world.store.blobs.open(body.id, body.key)) {
            assert.ok(piece.ok);
            pieces.push(piece.value);
          }
          return Buffer.concat(pieces);
        }),
    );
    for (const body of bodies) {
      assert.ok(body.subarray(-message.byteLength).equals(message));
      assert.ok(body.equals(bodies[0] ?? body));
    }
  }
});

test('P-09: nobody relays through mx or lmtp, in none of the classic forms', async () => {
  const world = await intakeWorld({ settings: { ownAddresses: new Set(['192.0.2.1', '2001:db8::1']) } });
  const forms = [
    'victim@elsewhere.example',
    'victim%elsewhere.example@example.test',
    'victim%elsewhere.example%third.example@example.test',
    '"victim@elsewhere.example"@example.test',
    '"victim%elsewhere.example"@example.test',
    '"victim"@elsewhere.example',
    'elsewhere.example!victim@example.test',
    '"elsewhere.example!victim"@example.test',
    'elsewhere.example!user@elsewhere.example',
    '@example.test:victim@elsewhere.example',
    '@example.test,@elsewhere.example:victim@third.example',
    '"@elsewhere.example:victim"@example.test',
    'victim@[198.51.100.7]',
    'victim%elsewhere.example@[192.0.2.1]',
    '"victim@elsewhere.example"@[192.0.2.1]',
    'user@[192.0.2.1]',
    'user@[IPv6:2001:db8::1]',
    'postmaster@[198.51.100.7]',
    'user@sub.example.test',
    'user@example.test.elsewhere.example',
    'victim%elsewhere.example@sub.example.test',
    'user@localhost',
    '"user@example.test"@elsewhere.example',
    'user%example.test@elsewhere.example',
  ];
  assert.ok(forms.length >= 20);
  for (const role of ['mx', 'lmtp'] as const) {
    for (const form of forms) {
      const reply = refusal(await rcpt(world, context(role), form));
      assert.equal(`${reply.code} ${reply.status}`, '550 5.7.1', form);
    }
  }
  assert.equal(world.events.filter(({ name }) => name === 'relay-refused').length, 2 * forms.length);
  assert.equal(world.leases.length, 0);
});

test('a submitting account sends anywhere, but no local trick form is followed', async () => {
  const world = await intakeWorld();
  const who = context('submission', world.user);
  assert.ok((await rcpt(world, who, 'friend@elsewhere.example')).ok);
  refusal(await rcpt(world, who, 'victim%elsewhere.example@example.test'));
  const unauthenticated = await world.intake.begin(context('submission'), mailFrom('user@example.test'));
  assert.equal(refusal(unauthenticated).code, 530);
});

test('unknown recipients are refused in the session, postmaster and our own literal are not', async () => {
  const world = await intakeWorld({ settings: { ownAddresses: new Set(['192.0.2.1']) } });
  const unknown = refusal(await rcpt(world, context('mx'), 'nobody@example.test'));
  assert.equal(`${unknown.code} ${unknown.status}`, '550 5.1.1');
  for (const to of [
    'postmaster@example.test',
    'Postmaster@[192.0.2.1]',
    'USER@example.test',
    'user+x@example.test',
  ]) {
    assert.ok((await rcpt(world, context('mx'), to)).ok, to);
  }
});

test('a full mailbox is told in the session; mail to the reserved names is taken all the same (S-03, S-04)', async () => {
  const world = await intakeWorld({ quotaBytes: 1000 });
  const large = await begin(world, context('mx'), mailFrom('', { sizeBytes: 5000 }));
  assert.equal(refusal(await large.recipient(address('user@example.test'))).status, '5.2.2');
  assert.ok((await large.recipient(address('abuse@example.test'))).ok);
  const full = await intakeWorld({ quotaBytes: 0 });
  assert.equal(refusal(await rcpt(full, context('mx'), 'user@example.test')).status, '4.2.2');
  const unannounced = await send(world, { message: `From: a@b\r\n\r\n${'x'.repeat(70_000)}` });
  assert.equal(refusal(unannounced[0]).status, '5.2.2');
});

test('I-61: a message that is too large is refused at SIZE and at the end', async () => {
  const world = await intakeWorld({ settings: { messageBytesMax: 1000 } });
  const announced = await world.intake.begin(context('mx'), mailFrom('', { sizeBytes: 1001 }));
  assert.equal(`${refusal(announced).code} ${refusal(announced).status}`, '552 5.3.4');
  assert.ok((await world.intake.begin(context('mx'), mailFrom('', { sizeBytes: 1000 }))).ok);
  const exact = `A: b\r\n\r\n${'x'.repeat(992)}`;
  assert.ok((await send(world, { message: exact }))[0]?.ok);
  assert.equal(refusal((await send(world, { message: `${exact}x`, pieceBytes: 100 }))[0]).status, '5.3.4');
});

test('I-64: a header that is too large is refused, whether it ends or not', async () => {
  const world = await intakeWorld();
  const limit = intakeDefaults.headerBytesMax;
  const field = `X: ${'y'.repeat(95)}\r\n`;
  const fits = `${field.repeat(Math.floor((limit - 2) / field.length))}\r\nbody`;
  assert.ok((await send(world, { message: fits, pieceBytes: 5000 }))[0]?.ok);
  for (const message of [`${field}${fits}`, field.repeat(4000)]) {
    assert.equal(refusal((await send(world, { message, pieceBytes: 5000 }))[0]).code, 552);
  }
});

test('I-64: the largest header that the setting allows is read as a whole, behind our own field', async () => {
  const limit = foreignHeaderBytesMax;
  assert.equal(limit, 256 * 1024);
  assert.ok(receiveSettings.headerBytesMax.kind.read('256KiB').ok);
  assert.ok(!receiveSettings.headerBytesMax.kind.read('257KiB').ok);
  const world = await intakeWorld({ settings: { headerBytesMax: limit } });
  const last = 'Subject: last\r\n\r\n';
  const field = `X: ${'y'.repeat(95)}\r\n`;
  const many = field.repeat(Math.floor((limit - last.length) / field.length) - 1);
  const pad = `X: ${'y'.repeat(limit - many.length - last.length - 5)}\r\n`;
  assert.ok((await send(world, { message: `${many}${pad}${last}body` }))[0]?.ok);
  const { summary } = world.leases.at(-1)?.entry ?? {};
  assert.equal(summary?.truncated, false);
  assert.equal(summary.envelope.subject, 'last');
});

test('I-62: a part that is too large is refused by its name', async () => {
  const world = await intakeWorld({ settings: { partBytesMax: 100 } });
  const message = [
    'From: a@example.org',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    '',
    'small',
    '--b',
    'Content-Disposition: attachment; filename="big.bin"',
    '',
    'x'.repeat(101),
    '--b--',
    '',
  ].join('\r\n');
  assert.match(refusal((await send(world, { message }))[0]).text, /^part 2 \(big\.bin\)/);
});

test('I-66: at least a hundred recipients inbound, then 452', async () => {
  const world = await intakeWorld({ settings: { inboundRecipientsMax: 5 } });
  const transaction = await begin(world, context('mx'), mailFrom(''));
  for (let i = 0; i < inboundRecipientsMin; i += 1) {
    assert.ok((await transaction.recipient(address(`user+${i}@example.test`))).ok);
  }
  const next = refusal(await transaction.recipient(address('other@example.test')));
  assert.equal(`${next.code} ${next.status}`, '452 4.5.3');
  assert.equal(transaction.recipientCount, inboundRecipientsMin);
});

test('two ways to one mailbox are one delivery, and `for` names nobody when there are several (S-11)', async () => {
  const world = await intakeWorld();
  await send(world, {
    to: ['user@example.test', 'USER@example.test', 'postmaster@example.test', 'other@example.test'],
  });
  assert.equal(world.leases[0]?.entry.recipients.length, 2);
  assert.doesNotMatch(queuedText(world), / for </);
});

test('more than a hundred Received fields are a loop', async () => {
  const world = await intakeWorld();
  const hops = (count: number): string => `${'Received: by x; y\r\n'.repeat(count)}\r\n`;
  assert.ok((await send(world, { message: hops(100) }))[0]?.ok);
  const looped = refusal((await send(world, { message: hops(101) }))[0]);
  assert.equal(`${looped.code} ${looped.status}`, '554 5.4.6');
});

test('bare CR, LF or NUL: refused, closed and told as smuggling; mended where a network is named for it', async () => {
  const world = await intakeWorld();
  const message = 'From: a@b\r\n\r\nx\n.\ny\r\n';
  const smuggled = refusal((await send(world, { message, anomalies: { bareLf: true } }))[0]);
  assert.equal(`${smuggled.code} ${smuggled.status} ${smuggled.close}`, '550 5.6.0 true');
  assert.equal(world.events[0]?.name, 'smuggling');
  assert.equal(world.leases.length, 0);
  const mending = await intakeWorld({
    settings: { mendsLineEnds: ({ client }) => client === '203.0.113.5' },
  });
  assert.ok((await send(mending, { message, anomalies: { bareLf: true }, pieceBytes: 1 }))[0]?.ok);
  assert.ok(queuedText(mending).endsWith('From: a@b\r\n\r\nx\r\n.\r\ny\r\n'));
  const binary = mailFrom('', { bodyType: 'binary' });
  assert.ok((await send(world, { message, mail: binary, anomalies: { bareLf: true } }))[0]?.ok);
  assert.ok(queuedText(world).endsWith(message));
  const inHeader = await send(world, { message: 'From: a@b\nFrom: c@d\r\n\r\n', mail: binary });
  assert.equal(refusal(inHeader[0]).status, '5.6.0');
});

test('P-13: envelope, From and Sender belong to the account', async () => {
  const world = await intakeWorld();
  const who = context('submission', world.user);
  const foreign = await world.intake.begin(who, mailFrom('other@example.test'));
  assert.equal(`${refusal(foreign).code} ${refusal(foreign).status}`, '550 5.7.1');
  assert.match(refusal(foreign).text, /other@example\.test/);
  const mail = mailFrom('user@example.test');
  const headers: readonly (readonly [string, string | undefined])[] = [
    ['From: user@example.test', undefined],
    ['From: User <user+tag@example.test>', undefined],
    ['From: "other@example.test" <user@example.test>', undefined],
    ['From: other@example.test', '5.7.1'],
    ['From: user@example.test, other@example.test', '5.7.1'],
    ['From: user@example.test\r\nFrom: other@example.test', '5.6.0'],
    ['not a field\r\nFrom: user@example.test\r\nFrom : other@example.test', '5.6.0'],
    ['From: user@example.test\r\nSender: other@example.test', '5.7.1'],
    ['From: undisclosed:;', '5.6.0'],
    ['From: nobody', '5.6.0'],
    // Read in one way by us and perhaps in another by a reader: no way may lead to somebody else.
    ['From: <user@example.test> <other@example.test>', '5.6.0'],
    ['From: other@example.test <user@example.test>', '5.6.0'],
    ['From: <user@example.test', undefined],
    ['From: <user@example.test (>, other@example.test', '5.6.0'],
    ['From: user@example.test <user@example.test>', undefined],
    ['From: J\xf6rg <user@example.test>', undefined],
    ['From: user@example.test\r\nSender: <user@example.test> other@example.test', '5.6.0'],
  ];
  for (const [header, status] of headers) {
    const [answer] = await send(world, { who, mail, message: `${header}\r\n\r\nx\r\n` });
    if (status === undefined) assert.ok(answer?.ok, header);
    else assert.equal(refusal(answer).status, status, header);
  }
  assert.ok(world.events.some(({ name }) => name === 'sender-refused'));
});

test('a submission is completed, loses its Bcc, and does not tell where it came from (S-11)', async () => {
  const world = await intakeWorld();
  const who = context('submission', world.user);
  const message =
    'To: a@example.org\r\nBcc: secret@example.org,\r\n more@example.org\r\nSubject: s\r\nBCC: x\r\n\r\nBcc: in the body\r\n';
  const mail = mailFrom('user@example.test');
  const [answer] = await send(world, { who, mail, to: ['a@example.org'], message });
  assert.ok(answer?.ok);
  const text = queuedText(world);
  assert.doesNotMatch(text, /203\.0\.113\.5|client\.example|secret|more@/);
  assert.match(text, /^Received: by mx\.example\.test with ESMTPA id /);
  assert.match(
    text,
    /\r\nDate: Thu, 01 Jan 2026 00:00:00 \+0000\r\nFrom: <user@example\.test>\r\nMessage-ID: <[0-9a-z]{26}@mx\.example\.test>\r\n/,
  );
  assert.ok(text.endsWith('To: a@example.org\r\nSubject: s\r\n\r\nBcc: in the body\r\n'));
  assert.equal(world.leases[0]?.entry.submitter, world.user);
});

test('LMTP hears one answer for each accepted recipient', async () => {
  const world = await intakeWorld();
  const answers = await send(world, {
    who: context('lmtp'),
    to: ['user@example.test', 'other@example.test', 'user@example.test'],
  });
  assert.equal(answers.length, 3);
  assert.ok(answers.every(({ ok }) => ok));
});

test("the world's trouble is put off, never refused for good", async () => {
  const troubles = [
    [{ code: 'disk-full', detail: 'x' }, '452 4.3.1'],
    [{ code: 'fenced', file: 'f', detail: 'x' }, '451 4.3.0'],
    [{ code: 'unavailable', detail: 'x' }, '451 4.3.0'],
  ] as const;
  for (const [error, expected] of troubles) {
    const world = await intakeWorld({
      change: (store) => ({ ...store, queue: { ...store.queue, add: async () => ({ ok: false, error }) } }),
    });
    const { code, status } = refusal((await send(world))[0]);
    assert.equal(`${code} ${status}`, expected);
  }
});

test('a large body has no name left but the one that the queue gave it, and none when it was refused', async () => {
  const committed: Parameters<Blobs['open']>[] = [];
  const world = await intakeWorld({
    settings: { partBytesMax: 100_000 },
    change: (store) => ({
      ...store,
      blobs: { ...store.blobs, create: () => noting(store.blobs, committed) },
    }),
  });
  const large = (bytes: number): string => `From: a@example.org\r\n\r\n${'x'.repeat(bytes)}`;
  assert.ok((await send(world, { message: large(80_000) }))[0]?.ok);
  refusal((await send(world, { message: large(120_000) }))[0]);
  assert.equal(committed.length, 2);
  for (const [id, key] of committed) {
    for await (const frame of world.store.blobs.open(id, key)) assert.ok(!frame.ok);
  }
  const body = world.leases[0]?.entry.body;
  assert.ok(body?.kind === 'blob');
  for await (const frame of world.store.blobs.open(body.id, body.key)) assert.ok(frame.ok);
});

function noting(blobs: Blobs, committed: Parameters<Blobs['open']>[]): BlobWriter {
  const writer = blobs.create();
  return {
    ...writer,
    commit: async () => {
      const blob = await writer.commit();
      if (blob.ok) committed.push([blob.value.id, blob.value.key]);
      return blob;
    },
  };
}

test('nothing remains of what was abandoned but its trace', async () => {
  const world = await intakeWorld();
  const quiet = await begin(world, context('mx'), mailFrom('x@example.org'));
  await quiet.abandon('RSET');
  const tried = await begin(world, context('mx'), mailFrom('x@example.org'));
  refusal(await tried.recipient(address('nobody@example.test')));
  await tried.abandon('connection lost');
  await tried.abandon('again');
  const traces = await world.store.traces.list({}, undefined, 10);
  assert.ok(traces.ok);
  assert.deepEqual(
    traces.value.items.map(
      ({ kind, verdict }) => `${kind} ${verdict.action} ${verdict.by} ${verdict.status}`,
    ),
    ['attempt refuse recipient 5.1.1'],
  );
});

test('what a session refuses by itself is traced and told', async () => {
  const world = await intakeWorld();
  const id = world.intake.refused(context('mx'), {
    stage: 'helo',
    check: 'helo-syntax',
    status: '5.5.2',
    reason: 'not a name',
    evidence: { helo: '-' },
  });
  const trace = await world.store.traces.get(id);
  assert.ok(trace.ok);
  assert.equal(trace.value.steps[0]?.check, 'helo-syntax');
  assert.equal(world.events[0]?.name, 'attempt-refused');
});
