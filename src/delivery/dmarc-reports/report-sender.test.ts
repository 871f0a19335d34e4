import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import PostalMime from 'postal-mime';
import { err, ok } from '#base/result.ts';
import { formatAddress, parseAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import type { QueueEntry } from '#store/contract/queue.ts';
import type { Store } from '#store/contract/store.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { silentEvents } from '#trace/events.ts';
import { dayMs } from './day-tally.ts';
import type { DayTally } from './day-tally.ts';
import { OwedReports } from './owed-reports.ts';
import type { RowWish } from './report-row.fixture.ts';
import { domainOf, rowAbout } from './report-row.fixture.ts';
import { schemaProblems } from './report-schema.fixture.ts';
import {
  ReportSender,
  destinationsMax,
  jitterMaxMs,
  perOrganizationMax,
  reportsPerTickMax,
  tickMs,
} from './report-sender.ts';
import type { SentReport } from './sent-report.ts';

function addressOf(text: string): Address {
  const address = parseAddress(text, { smtpUtf8: false });
  assert.ok(address.ok);
  return address.value;
}

interface Wish {
  readonly zone?: ZoneTable;
  readonly isOn?: boolean;
  readonly unsigned?: true;
}

async function makeWorld({ zone = {}, isOn = true, unsigned }: Wish = {}) {
  const clock = createFakeClock();
  const random = createFakeRandom(7);
  const store = createMemoryStore({ clock, random });
  const made = await store.domains.create(domainOf('ours.example'), clock.now());
  assert.ok(made.ok);
  const key = {
    selector: 's',
    algorithm: 'ed25519-sha256',
    privateKey: '',
    active: unsigned === undefined,
    record: '',
    createdAtMs: 0,
  } as const;
  const changed = await store.domains.change(domainOf('ours.example'), { dkim: [key] }, made.value.version);
  assert.ok(changed.ok);
  const queued: QueueEntry[] = [];
  const disk = { tallies: new Map<string, DayTally>(), sent: new Map<string, SentReport>(), works: true };
  const faults = { queueFails: false, dieAfterQueueing: false };
  const queue = Object.create(store.queue, {
    add: {
      value: async (entry: QueueEntry) => {
        if (faults.queueFails) return err({ code: 'disk-full', detail: 'x' });
        queued.push(entry);
        if (faults.dieAfterQueueing) throw new Error('the process ends here');
        return ok([]);
      },
    },
  }) as Store['queue'];
  const resolver = createFakeResolver(zone);

  /** A process: what it knows is what an earlier one put on disk. */
  const start = () => {
    const pending: (() => void)[] = [];
    const keep =
      <T>(map: Map<string, T>) =>
      (name: string, row: T | undefined): void =>
        void pending.push(() => (row === undefined ? map.delete(name) : map.set(name, row)));
    const book = new OwedReports({ clock, tallyChanged: keep(disk.tallies), sentChanged: keep(disk.sent) });
    book.restore([...disk.tallies.values()], [...disk.sent.values()]);
    const sender = new ReportSender({
      book,
      settings: { isOn, from: [addressOf('reports@ours.example')], organization: '', contact: '' },
      store: { queue, domains: store.domains, counters: store.counters },
      resolver,
      clock,
      random,
      events: silentEvents,
      hostname: domainOf('mx.ours.example'),
      generator: 'Postern 0',
      kept: async () => {
        if (disk.works) for (const write of pending.splice(0)) write();
        return disk.works;
      },
      queued: () => undefined,
    });
    return { book, sender };
  };
  return { clock, queued, disk, faults, start, resolver };
}

type World = Awaited<ReturnType<typeof makeWorld>>;

/** Counts one message about each domain, and waits until its report is due. */
async function counted(world: World, domains: readonly string[], wish: RowWish = {}) {
  const process = world.start();
  for (const domain of domains) process.book.count(rowAbout(domain, wish));
  await process.sender.tick();
  await world.clock.advance(dayMs + jitterMaxMs);
  return process;
}

const recipients = ({ queued }: World): readonly string[] =>
  queued.flatMap((entry) => entry.recipients.map(({ address }) => formatAddress(address)));

test('I-47: after the day each domain that asked gets its report, once', async () => {
  const world = await makeWorld();
  const { sender, book } = await counted(world, ['a.example', 'b.example']);
  await sender.tick();
  await sender.tick();
  assert.deepEqual(recipients(world), ['reports@a.example', 'reports@b.example']);
  assert.deepEqual([book.list(), world.disk.tallies.size], [[], 0]);
  assert.deepEqual(
    book.sent().map(({ domain, messages }) => [domain, messages]),
    [
      ['a.example', 1],
      ['b.example', 1],
    ],
  );
});

test('the message is as RFC 9990 §3.5.2 wants it: subject, file name, gzip, XML, no return path', async () => {
  const world = await makeWorld();
  const { sender } = await counted(world, ['a.example']);
  await sender.tick();
  const [entry] = world.queued;
  assert.ok(entry?.body.kind === 'bytes');
  assert.deepEqual([entry.from, entry.origin, entry.submitter], [undefined, 'notice', undefined]);
  const mail = await PostalMime.parse(entry.body.bytes);
  assert.equal(mail.from?.address, 'reports@ours.example');
  const id = /^Report Domain: a\.example Submitter: ours\.example Report-ID: <(\w+)>$/.exec(
    mail.subject ?? '',
  )?.[1];
  assert.ok(id !== undefined, String(mail.subject));
  const [file] = mail.attachments;
  assert.equal(file?.mimeType, 'application/gzip');
  assert.equal(file.disposition, 'attachment');
  const day = 1_767_225_600;
  assert.equal(file.filename, `ours.example!a.example!${day}!${day + 86_399}!${id}.xml.gz`);
  const xml = gunzipSync(Buffer.from(file.content as ArrayBuffer)).toString();
  assert.deepEqual(schemaProblems(xml), []);
  assert.ok(xml.includes(`<report_id>${id}</report_id>`));
});

test('nothing goes out on the same day, before the time that chance drew, when off, or unsigned', async () => {
  const early = await makeWorld();
  const { book, sender } = early.start();
  book.count(rowAbout('a.example'));
  await early.clock.advance(dayMs - 1000);
  await sender.tick();
  await early.clock.advance(1000);
  await sender.tick();
  assert.deepEqual(recipients(early), []);
  for (const wish of [{ isOn: false }, { unsigned: true }] as const) {
    const world = await makeWorld(wish);
    await (await counted(world, ['a.example'])).sender.tick();
    assert.deepEqual(recipients(world), []);
  }
});

test('a third party that does not consent gets nothing, and it stands in the list', async () => {
  const world = await makeWorld();
  const { sender, book } = await counted(world, ['evil.example'], { rua: ['mailto:ceo@victim.example'] });
  await sender.tick();
  assert.deepEqual(recipients(world), []);
  const [destination] = book.sent()[0]?.destinations ?? [];
  assert.equal(destination?.outcome, 'refused');
  assert.match(destination.detail, /does not say/);
});

test('nobody is bombed by one record: destinations are few, and one address gets one report', async () => {
  const world = await makeWorld();
  const many = Array.from({ length: 12 }, (_, n) => `mailto:a${n}@evil.example`);
  await (await counted(world, ['evil.example'], { rua: many })).sender.tick();
  assert.equal(recipients(world).length, destinationsMax);
  const twice = await makeWorld();
  const rua = ['mailto:a@evil.example', 'mailto:a@EVIL.example', 'MAILTO:%61@evil.example'];
  await (await counted(twice, ['evil.example'], { rua })).sender.tick();
  assert.deepEqual(recipients(twice), ['a@evil.example']);
});

test('nobody is bombed by many records: an organization gets only so many reports in a day', async () => {
  const zone: Record<string, ZoneTable[string]> = {};
  const domains = Array.from({ length: perOrganizationMax + 20 }, (_, n) => `d${n}.example`);
  for (const domain of domains)
    zone[`${domain}._report._dmarc.h${domain.length}.reader.test`] = { TXT: ['v=DMARC1'] };
  zone['_dmarc.reader.test'] = { TXT: ['v=DMARC1; p=none; psd=n'] };
  const world = await makeWorld({ zone });
  const { book, sender } = world.start();
  for (const domain of domains)
    book.count(rowAbout(domain, { rua: [`mailto:in@h${domain.length}.reader.test`] }));
  await world.clock.advance(dayMs + jitterMaxMs);
  await sender.tick();
  assert.equal(recipients(world).length, reportsPerTickMax);
  for (let n = 0; n < 10; n += 1) await sender.tick();
  assert.equal(recipients(world).length, perOrganizationMax);
  assert.equal(book.list().length, 0);
});

test('while the DNS does not answer the report waits, an hour at a time, and other destinations get theirs', async () => {
  const world = await makeWorld({ zone: { '_dmarc.reader.test': 'servfail' } });
  const rua = ['mailto:in@reader.test', 'mailto:a@a.example'];
  const { sender, book } = await counted(world, ['a.example'], { rua });
  await sender.tick();
  const asked = world.resolver.asked.length;
  await sender.tick();
  assert.equal(world.resolver.asked.length, asked);
  await world.clock.advance(3_600_000);
  await sender.tick();
  assert.ok(world.resolver.asked.length > asked);
  assert.deepEqual([recipients(world), book.list().length], [['a@a.example'], 1]);
});

test('a process that dies in the middle of sending sends nothing twice when it comes again', async () => {
  const world = await makeWorld();
  const { sender } = await counted(world, ['a.example'], {
    rua: ['mailto:a@a.example', 'mailto:b@a.example'],
  });
  world.faults.dieAfterQueueing = true;
  await assert.rejects(sender.tick());
  world.faults.dieAfterQueueing = false;
  assert.deepEqual(recipients(world), ['a@a.example']);
  const again = world.start();
  await world.clock.advance(jitterMaxMs);
  await again.sender.tick();
  assert.deepEqual(recipients(world), ['a@a.example', 'b@a.example']);
  assert.equal(again.book.list().length, 0);
});

test('what cannot be noted on disk is not sent, and goes out once the disk works', async () => {
  const world = await makeWorld();
  const { sender } = await counted(world, ['a.example']);
  world.disk.works = false;
  await sender.tick();
  assert.deepEqual(recipients(world), []);
  world.disk.works = true;
  await world.clock.advance(3_600_000 + tickMs);
  await sender.tick();
  assert.deepEqual(recipients(world), ['reports@a.example']);
});

test('what the queue did not take is not handed over again: nobody knows whether it did', async () => {
  const world = await makeWorld();
  const { sender, book } = await counted(world, ['a.example']);
  world.faults.queueFails = true;
  await sender.tick();
  world.faults.queueFails = false;
  await world.clock.advance(dayMs);
  await sender.tick();
  assert.deepEqual(recipients(world), []);
  assert.equal(book.sent()[0]?.destinations[0]?.outcome, 'begun');
});
