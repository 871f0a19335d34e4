import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { addressParser } from 'postal-mime';
import { parseDomain } from '#mail/domain.ts';
import { splitHeader, splitHeaderText } from '#mail/header.ts';
import { createFakeResolver, createKnowingResolver } from '#platform/fake-resolver.ts';
import { readAuthorDomain } from './author-domain.ts';
import { readDmarcRecord } from './dmarc-record.ts';
import { findIndirectSigns } from './indirect-signs.ts';
import { judgeWith, zoneOf } from './judge-dmarc.fixture.ts';
import { walkQueriesMax } from './policy-walk.ts';
import { randomTree } from './random-tree.fixture.ts';

const runs = { numRuns: Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000) };

/** Text made of what grammars stumble over. */
function hostile(...alphabet: readonly string[]): fc.Arbitrary<string> {
  return fc
    .array(fc.oneof(fc.constantFrom(...alphabet), fc.string({ maxLength: 3 })), { maxLength: 30 })
    .map((pieces) => pieces.join(''));
}

test('any text is read as a record or not, and what is read can be used', () => {
  const text = hostile(
    'v=DMARC1',
    ';',
    '=',
    ' ',
    'p',
    'sp',
    'np',
    'none',
    'reject',
    'rua',
    'mailto:a@b.example',
    ',',
    '!1k',
    ':',
  );
  fc.assert(
    fc.property(text, (rest) => {
      assert.ok(readDmarcRecord(rest) === undefined || /^v[ \t]*=[ \t]*DMARC1/i.test(rest));
      const record = readDmarcRecord(`v=DMARC1;${rest}`);
      assert.ok(record !== undefined);
      for (const uri of [...record.rua, ...record.ruf]) assert.match(uri, /^[a-z][a-z0-9+.-]*:[^\s,!;]+$/i);
      assert.equal(record.policyBroken, record.policyBroken || record.p === undefined);
    }),
    runs,
  );
});

test('tags are read in any order and spacing', () => {
  const tags = [
    ['p', 'reject'],
    ['sp', 'none'],
    ['np', 'quarantine'],
    ['t', 'y'],
    ['psd', 'n'],
    ['adkim', 's'],
    ['aspf', 's'],
    ['fo', '1:d'],
    ['rua', 'mailto:a@example.com'],
    ['pct', '0'],
  ] as const;
  const plain = readDmarcRecord(`v=DMARC1;${tags.map((tag) => tag.join('=')).join(';')}`);
  const space = fc.constantFrom('', ' ', '\t', '  ');
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...tags], { minLength: tags.length }),
      fc.array(space, { minLength: 8 }),
      (order, spaces) => {
        let at = 0;
        const gap = () => spaces[(at += 1) % spaces.length] ?? '';
        const written = order.map(([name, value]) => `${gap()}${name}${gap()}=${gap()}${value}${gap()}`);
        assert.deepEqual(readDmarcRecord(`v${gap()}=${gap()}DMARC1${gap()};${written.join(';')}`), plain);
      },
    ),
    runs,
  );
});

/** What a domain may publish, `undefined` for nothing. */
const published = fc.constantFrom(
  undefined,
  'v=DMARC1; p=reject',
  'v=DMARC1; p=none; psd=n',
  'v=DMARC1; p=quarantine; psd=y',
  'v=DMARC1; p=none; sp=reject',
);

type Zone = Readonly<Record<string, string>>;

interface Step {
  readonly name: string;
  readonly psd: string;
}

/** RFC 9989 §4.10 word by word, as slow as it stands there. */
function walk(start: string, zone: Zone): readonly Step[] {
  const found: Step[] = [];
  let labels = start.split('.');
  let first = true;
  while (labels.length > 0) {
    const name = labels.join('.');
    const text = zone[name];
    if (text !== undefined) {
      const psd = /psd=(.)/.exec(text)?.[1] ?? 'u';
      found.push({ name, psd });
      if (psd !== 'u') break;
    }
    labels = first && labels.length >= 8 ? labels.slice(labels.length - 7) : labels.slice(1);
    first = false;
  }
  return found;
}

const size = (name: string) => name.split('.').length;

/** §4.10.2. */
function organizationOf(start: string, zone: Zone): string {
  const found = walk(start, zone);
  for (const { name, psd } of found) {
    if (psd === 'n') return name;
    if (psd === 'y' && name !== start)
      return start
        .split('.')
        .slice(-(size(name) + 1))
        .join('.');
  }
  return found.toSorted((a, b) => size(a.name) - size(b.name))[0]?.name ?? start;
}

/** §4.10.1: the author domain, its organizational domain, its public suffix domain; of what the walk produced. */
function policyDomainOf(author: string, zone: Zone): string | undefined {
  if (zone[author] !== undefined) return author;
  const organization = organizationOf(author, zone);
  const found = walk(author, zone);
  return (found.find(({ name }) => name === organization) ?? found.find(({ psd }) => psd === 'y'))?.name;
}

test('policy and alignment are what RFC 9989 §4.10 says word by word, with fewer questions', async () => {
  await fc.assert(
    fc.asyncProperty(randomTree(published), async ({ from, spf, dkim, published }) => {
      const zone = Object.fromEntries(
        Object.entries(published).filter(([, text]) => text !== undefined),
      ) as Zone;
      const resolver = createFakeResolver(zoneOf(zone));
      const outcome = await judgeWith({ from, spf, dkim: [dkim] }, resolver);
      const policyDomain = policyDomainOf(from, zone);
      assert.equal(outcome.policy?.domain, policyDomain);
      const known = createKnowingResolver(zoneOf(zone));
      assert.deepEqual(await judgeWith({ from, spf, dkim: [dkim] }, known), outcome);
      assert.deepEqual(known.asked, resolver.asked, 'the same is asked where all is known');
      assert.ok(resolver.asked.length <= 3 * walkQueriesMax);
      assert.equal(new Set(resolver.asked).size, resolver.asked.length, 'each is asked once');
      if (policyDomain === undefined) {
        assert.equal(outcome.result, 'none');
        return;
      }
      const aligned = (name: string) =>
        organizationOf(name, zone) === organizationOf(from, zone) || name === from;
      const isAligned = (alignment: string | undefined) => alignment === 'strict' || alignment === 'relaxed';
      assert.equal(isAligned(outcome.spf?.alignment), aligned(spf), `SPF ${spf}`);
      assert.equal(isAligned(outcome.dkim[0]?.alignment), aligned(dkim), `DKIM ${dkim}`);
      assert.equal(outcome.result, aligned(spf) || aligned(dkim) ? 'pass' : 'fail');
    }),
    runs,
  );
});

const authorText = hostile(
  'a@one.example',
  'b@two.example',
  '<',
  '>',
  '"',
  '\\',
  '(',
  ')',
  ',',
  ';',
  ':',
  ' ',
  '@',
  '\r\n ',
  '\0',
  '=?utf-8?Q?c=40three.example?=',
  'Group:',
);

test('no other reader finds an author that was not judged', () => {
  fc.assert(
    fc.property(authorText, (from) => {
      const author = readAuthorDomain(
        splitHeader(Buffer.from(`From: ${from.replaceAll(/[\r\n](?!\n? )/g, '')}\r\n\r\n`)),
      );
      if (author.kind !== 'domain') return;
      const allowed = new Set<string>([author.domain, ...author.displayed]);
      for (const other of othersFind(from))
        assert.ok(allowed.has(other), `${from}: ${other} beside ${author.domain}`);
    }),
    runs,
  );
});

/** Domains that another program shows as authors. */
function othersFind(from: string): readonly string[] {
  return addressParser(from.replaceAll('\r\n', ''), { flatten: true }).flatMap(({ address }) => {
    const domain = parseDomain((address ?? '').split('@').at(-1) ?? '', { allowUnicode: true });
    // A name without a dot is nobody's.
    return domain.ok && domain.value.includes('.') && (address ?? '').includes('@') ? [domain.value] : [];
  });
}

test('any header has an author or a reason why not, and list fields are no trouble', () => {
  const line = hostile(
    'From',
    ':',
    '\r\n',
    '\r',
    '\n',
    '\0',
    ' ',
    '\t',
    'a@one.example',
    'List-Id:',
    'List-Post:',
    '<',
    '>',
    'mailto:',
  );
  fc.assert(
    fc.property(line, (text) => {
      const header = splitHeaderText(text);
      const author = readAuthorDomain(header);
      if (author.kind === 'unfit') assert.match(author.detail, /^[^\p{Cc}]+$/u);
      const facts = { spf: undefined, dkim: [], forwarder: undefined, arcSealer: undefined };
      assert.deepEqual(findIndirectSigns({ ...facts, header }), []);
    }),
    runs,
  );
});

test('long hostile From fields are read in linear time', () => {
  for (const piece of [
    '<',
    '(',
    '"',
    '\\',
    'a@b.c ',
    ',',
    '=?utf-8?Q?',
    '@',
    '\r\n ',
    'x;',
    '<a@b.c>',
    '(a@b.c)',
  ]) {
    const startedMs = performance.now();
    readAuthorDomain(splitHeaderText(`From: ${piece.repeat(Math.ceil(262_144 / piece.length))}\r\n\r\n`));
    const tookMs = performance.now() - startedMs;
    assert.ok(tookMs < 2000, `${JSON.stringify(piece)} took ${Math.round(tookMs)} ms`);
  }
});
