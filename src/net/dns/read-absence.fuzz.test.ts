import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { AUTHENTIC_DATA, AUTHORITATIVE_ANSWER, RECURSION_AVAILABLE, decode, encode } from 'dns-packet';
import type { Packet } from 'dns-packet';
import { encodeQuery, ednsPayloadOctets, readReply } from './dns-message.ts';
import type { DnsQuery } from './dns-exchanged.ts';
import { canonicalName } from './dns-name.ts';
import { optRecord } from './dns-server.fixture.ts';
import { readAbsence } from './read-absence.ts';
import { recordNumbers } from './record-numbers.ts';
import type { RecordType } from '#platform/resolver.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);

const query: DnsQuery = {
  id: 0x1234,
  name: 'page.test.multi.example.org',
  spelled: 'pAge.teST.mULti.examPLE.org',
  type: 'A',
  edns: true,
};

const soa = {
  type: 'SOA',
  name: 'example.org',
  ttl: 900,
  data: {
    mname: 'ns.example.org',
    rname: 'host.example.org',
    serial: 1,
    refresh: 2,
    retry: 3,
    expire: 4,
    minimum: 60,
  },
} as const;

function absence(parts: Partial<Packet> = {}): Buffer {
  return encode({
    type: 'response',
    id: query.id,
    flags: RECURSION_AVAILABLE | 3,
    questions: [{ type: 'A', name: query.spelled }],
    authorities: [soa],
    additionals: [optRecord()],
    ...parts,
  });
}

/** With the name of the zone as a pointer into the question, as servers send it. */
const compressed = ((): Buffer => {
  const whole = absence();
  const owner = whole.indexOf('\u0007example\u0003org\u0000', 12 + query.spelled.length + 2 + 4, 'latin1');
  const inQuestion = 12 + 'pAge.teST.mULti.'.length;
  const pointer = Buffer.from([0xc0 | (inQuestion >> 8), inQuestion & 0xff]);
  return Buffer.concat([whole.subarray(0, owner), pointer, whole.subarray(owner + 'x.example.org'.length)]);
})();

const shapes: readonly Buffer[] = [
  absence(),
  compressed,
  absence({ flags: RECURSION_AVAILABLE | AUTHENTIC_DATA | AUTHORITATIVE_ANSWER }),
  absence({ additionals: [] }),
  absence({ authorities: [], additionals: [] }),
];

test('the usual absences are read without the decoder', () => {
  for (const bytes of shapes) assert.ok(readAbsence(bytes, query) !== undefined, bytes.toString('hex'));
  assert.deepEqual(readReply(compressed, query), {
    ok: true,
    value: {
      rcode: 'NXDOMAIN',
      truncated: false,
      authenticData: false,
      answers: [],
      soa: { ttl: 900, minimum: 60 },
      echoes: true,
      sizeBytes: compressed.length,
    },
  });
});

test('all else is left to the decoder: other questions and spellings, answers, failures, further records, cut ones', () => {
  const a = { type: 'A', name: query.name, data: '192.0.2.1' } as const;
  for (const bytes of [
    absence({ questions: [{ type: 'A', name: query.name }] }),
    absence({ questions: [{ type: 'A', name: `x${query.spelled.slice(1)}` }] }),
    absence({ questions: [{ type: 'A', name: query.spelled.replace('.', '-') }] }),
    absence({ questions: [{ type: 'A', name: `${query.spelled}.more` }] }),
    absence({ questions: [{ type: 'MX', name: query.spelled }] }),
    absence({ questions: [{ type: 'A', name: query.spelled, class: 'CH' }] }),
    absence({ questions: [] }),
    absence({ answers: [a] }),
    absence({ authorities: [soa, soa] }),
    absence({ authorities: [a] }),
    absence({ additionals: [a] }),
    absence({ additionals: [optRecord(1)] }),
    absence({ flags: 2 }),
    absence({ flags: 0x200 | 3 }),
    absence({ flags: 0x800 | 3 }),
    absence({ type: 'query' }),
    Buffer.concat([absence(), Buffer.alloc(1)]),
    ...shapes.flatMap((bytes) => Array.from(bytes.keys(), (length) => bytes.subarray(0, length))),
  ])
    assert.equal(readAbsence(bytes, query), undefined, bytes.toString('hex'));
});

/** What is said of bytes in both ways. */
function compare(bytes: Buffer): void {
  const read = readAbsence(bytes, query);
  if (read === undefined) return;
  const packet = decode(bytes);
  const [authority] = packet.authorities ?? [];
  assert.equal(packet.type, 'response');
  assert.equal((packet as { readonly rcode?: string }).rcode, read.rcode);
  assert.deepEqual([packet.flag_tc, packet.flag_ad], [false, read.authenticData]);
  assert.deepEqual(
    packet.questions?.map(({ name, type, class: kind }) => [name, type, kind]),
    [[query.spelled, 'A', 'IN']],
  );
  assert.deepEqual(packet.answers, []);
  for (const one of packet.additionals ?? []) assert.equal(one.type === 'OPT' && one.extendedRcode, 0);
  if (authority === undefined) return assert.equal(read.soa, undefined);
  assert.ok(authority.type === 'SOA');
  assert.deepEqual([read.soa?.ttl, read.soa?.minimum], [authority.ttl, authority.data.minimum]);
}

test('whatever is read so, the decoder reads the same', () => {
  const change = fc.tuple(fc.nat(200), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0xc0, 0x3f)));
  fc.assert(
    fc.property(
      fc.constantFrom(...shapes),
      fc.array(change, { maxLength: 4 }),
      fc.nat(200),
      (shape, changes, cut) => {
        const bytes = Buffer.from(shape);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        compare(bytes);
        compare(bytes.subarray(0, cut));
      },
    ),
    { numRuns },
  );
});

test('names that lead in circles, forward or nowhere end the reading', () => {
  const start = absence({ authorities: [], additionals: [] });
  const tail = Buffer.concat([Buffer.from([0, 6, 0, 1, 0, 0, 0, 9, 0, 22]), Buffer.alloc(22)]);
  for (const name of [
    [0xc0, start.length],
    [0xc0, start.length + 2],
    [1, 0x61, 0xc0, start.length],
    [0xff, 0xff],
    [0x40, 0],
    [0x80, 0],
    Array.from({ length: 128 }, () => [1, 0x61]).flat(),
    // Through the question over and over: more than a name may have.
    [63, ...Array.from({ length: 63 }, () => 0x61)].concat(63, ...Array.from({ length: 63 }, () => 0x61)),
  ]) {
    const bytes = Buffer.concat([start, Buffer.from(name), tail]);
    bytes[9] = 1;
    assert.equal(readAbsence(bytes, query), undefined, String(name));
  }
});

test('questions stand on the wire as the encoder of dns-packet writes them', () => {
  const text = fc.array(
    fc.string({ minLength: 1, maxLength: 63, unit: fc.constantFrom('a', 'Z', '-', '0', '_') }),
    {
      minLength: 1,
      maxLength: 5,
    },
  );
  const types = Object.keys(recordNumbers) as readonly RecordType[];
  fc.assert(
    fc.property(text, fc.constantFrom(...types), fc.nat(65_535), fc.boolean(), (labels, type, id, edns) => {
      const spelled = labels.join('.');
      const name = canonicalName(spelled);
      if (name === undefined) return;
      const ours = encodeQuery({ id, name, spelled, type, edns });
      const theirs = encode({
        type: 'query',
        id,
        flags: 0x120,
        questions: [{ name: spelled, type, class: 'IN' }],
        additionals: edns ? [{ ...optRecord(), udpPayloadSize: ednsPayloadOctets }] : [],
      });
      assert.deepEqual(ours, theirs);
    }),
    { numRuns },
  );
  const root = encodeQuery({ id: 1, name: '.', spelled: '.', type: 'NS', edns: false });
  assert.deepEqual(decode(Buffer.from(root)).questions, [{ name: '.', type: 'NS', class: 'IN' }]);
});
