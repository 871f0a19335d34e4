import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { arc as judgeArc } from 'mailauth/lib/arc/index.js';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import type { ARCData } from 'mailauth';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { sealAs } from './arc/seal-as.fixture.ts';
import type { ArcOutcome } from './arc/arc-outcome.ts';
import type { DkimReason } from './dkim/dkim-outcome.ts';
import { makeEd25519Key, makeRsaKey, recordOf, signAs } from './dkim/sign-as.fixture.ts';
import { signaturesOf } from './message-signatures.fixture.ts';

/** Each run verifies twice, once in an implementation that is not made for speed. */
const numRuns = Math.min(Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000), 100_000);
const nowMs = 1_800_000_000_000;
const rsa = makeRsaKey(1024);
const ed25519 = makeEd25519Key();

/** Where we do not count what the other does; each for a reason in `standards/decisions.md`. */
const stricter: ReadonlySet<DkimReason> = new Set([
  'body-partly-signed',
  'body-too-short',
  'from-added',
  'key-several',
] as const);

type TheirResolver = (name: string) => Promise<string[][]>;

function resolverOf(records: readonly string[]): TheirResolver {
  return async (name) => {
    if (name.toLowerCase() === 's._domainkey.a.test' && records.length > 0)
      return records.map((one) => [one]);
    throw Object.assign(new Error(), { code: 'ENOTFOUND' });
  };
}

async function compare(message: string, records: readonly string[]): Promise<void> {
  const resolver = resolverOf(records);
  const curTime = new Date(nowMs);
  const theirs = await dkimVerify(Buffer.from(message, 'latin1'), { resolver, curTime, strict: true });
  const zone: ZoneTable = { 's._domainkey.a.test': records.length === 0 ? 'nxdomain' : { TXT: records } };
  const signatures = signaturesOf(message, { zone, nowMs });
  const { outcomes } = await signatures.dkim();
  const others = theirs.results.filter((one) => one.status.result !== 'none');
  assert.equal(outcomes.length, others.length);
  for (const [index, { result, reason, detail }] of outcomes.entries()) {
    const judged = others[index]?.status;
    const agrees = (result === 'pass') === (judged?.result === 'pass');
    const emptyType = reason === 'key-type' && records.some((one) => one.includes('k=;'));
    const settled = judged?.result === 'pass' && (stricter.has(reason) || emptyType);
    assert.ok(
      agrees || settled,
      `${reason} (${detail}) ${JSON.stringify(judged)}\n${message}\n${records.join('\n')}`,
    );
  }
  const { status } = await judgeArc(theirs.arc as ARCData, { resolver, strict: true });
  compareArc(await signatures.arc(), status.result === 'pass', message);
}

function compareArc(own: ArcOutcome, passes: boolean, message: string): void {
  if ((own.result === 'pass') === passes) return;
  const settled = passes ? own.detail.includes('are not signed') : own.unsigned.includes('from');
  assert.ok(settled, `${own.reason} (${own.detail})\n${message}`);
}

const tags = fc.record(
  {
    v: fc.constantFrom('1', '2', ''),
    c: fc.constantFrom(
      'simple/simple',
      'simple/relaxed',
      'relaxed/simple',
      'relaxed',
      'simple',
      undefined,
      'Relaxed/relaxed',
      'x',
    ),
    h: fc.constantFrom(
      'from:to:subject',
      'From : to:\r\n x',
      'from:from:to',
      'to:subject',
      '',
      'from::to',
      'from:dkim-signature',
    ),
    t: fc.constantFrom('1700000000', '1900000000', 'x', ''),
    x: fc.constantFrom('1600000000', '1800000000', '1800000001', '1799999999', '1e3'),
    l: fc.constantFrom('0', '3', '7', '99', '-1', ''),
    i: fc.constantFrom('@a.test', 'me@sub.a.test', '@b.test', 'me', 'm=65e@A.test', '"m e"@a.test'),
    q: fc.constantFrom('dns/txt', 'dns/txt:x', 'x', 'DNS/TXT'),
    d: fc.constantFrom('A.test', 'a.test.', 'test', 'a..test'),
    s: fc.constantFrom('S', 's.', 's s', ''),
    zz: fc.constantFrom('', 'x=y', '\u00e9'),
  },
  { requiredKeys: [] },
);

const record = fc
  .record({
    front: fc.constantFrom('v=DKIM1; ', '', 'v=DKIM2; ', ' v = DKIM1 ;', 'n=x; v=DKIM1; '),
    k: fc.constantFrom('', 'k=rsa; ', 'k=ed25519; ', 'k=x; ', 'k=; '),
    more: fc.constantFrom(
      '',
      't=y; ',
      't=s; ',
      't=y:s; ',
      'h=sha1; ',
      'h=sha256:sha1; ',
      's=email; ',
      's=x; ',
      's=; ',
      'g=*; ',
    ),
    p: fc.constantFrom('rsa', 'ed25519', '', '!', 'AAAA'),
    end: fc.constantFrom('', ';', '; ', ';;', '; p=x'),
  })
  .map(({ front, k, more, p, end }) => {
    const key = p === 'rsa' ? rsa.p : p === 'ed25519' ? ed25519.p : p;
    return `${front}${k}${more}p=${key}${end}`;
  });

/** Mostly right, so that the last rule is reached as often as the first. */
const signature = fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 3, arbitrary: tags });
const records = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: fc.array(record, { minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.array(record, { maxLength: 3 }) },
);

const bodies = fc.constantFrom('', 'a', 'one\r\n', 'one  two \r\n\r\n', ' \r\n\t\r\nx\r\n', '\r\n\r\n');
const change = fc.constantFrom<readonly [string, string]>(
  ['', ''],
  ['Subject: a', 'subject : a '],
  ['Subject: a', 'Subject: b'],
  ['To:', 'From: x@y.test\r\nTo:'],
  ['To:', 'To: other\r\nTo:'],
  ['To:', 'X: y\r\nTo:'],
  ['one', 'two'],
  ['one', ' one'],
  ['\r\n\r\n', '\r\n\r\nfirst\r\n'],
);

test('mailauth counts the same signatures (P-20, I-41)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(rsa, ed25519),
      signature,
      records,
      bodies,
      change,
      async (key, own, zone, body, [from, to]) => {
        const text = `From: me@a.test\r\nTo: you@b.test\r\nSubject: a\r\n\r\n${body}`;
        await compare(signAs(text, { key, tags: own }).replace(from, to), zone ?? [recordOf(key)]);
      },
    ),
    { numRuns },
  );
});

test('mailauth passes the same ARC chains (I-42)', async () => {
  const link = fc.record({
    chainValue: fc.option(fc.constantFrom('none', 'pass', 'fail', 'x'), { nil: undefined, freq: 8 }),
    signatureTags: fc.oneof(
      { weight: 3, arbitrary: fc.constant({}) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          { c: 'simple/simple' },
          { l: '0' },
          { h: 'from:arc-seal' },
          { h: 'to:subject' },
          { h: 'from:dkim-signature' },
          { x: '1' },
        ),
      },
    ),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(rsa, ed25519),
      fc.array(link, { minLength: 1, maxLength: 3 }),
      change,
      async (key, links, [from, to]) => {
        let text = 'From: me@a.test\r\nTo: you@b.test\r\nSubject: a\r\n\r\none\r\n';
        for (const [index, { chainValue, signatureTags }] of links.entries()) {
          text = sealAs(text, {
            key,
            domain: 'a.test',
            instance: index + 1,
            signatureTags,
            ...(chainValue === undefined ? {} : { chainValue }),
          });
        }
        await compare(text.replace(from, to), [recordOf(key)]);
      },
    ),
    { numRuns: Math.min(numRuns, 300) },
  );
});
