import assert from 'node:assert/strict';
import { createPublicKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { signaturesOf } from '../message-signatures.fixture.ts';
import type { DkimOutcome } from './dkim-outcome.ts';
import { makeEd25519Key, makeRsaKey, recordOf, signAs, zoneOf } from './sign-as.fixture.ts';
import type { SignAs } from './sign-as.fixture.ts';

const rsa = makeRsaKey(1024);
const ed25519 = makeEd25519Key();
const nowMs = 1_800_000_000_000;

const message =
  'Received: from c by d\r\nFrom: Me <me@a.test>\r\nTo: you@b.test\r\nSubject: Hello\r\n\r\nHello  you \r\n\r\n';

async function outcomeOf(text: string, zone: ZoneTable): Promise<DkimOutcome> {
  const { outcomes, unchecked } = await signaturesOf(text, { zone, nowMs }).dkim();
  assert.equal(outcomes.length, 1);
  assert.equal(unchecked, 0);
  return outcomes[0] ?? assert.fail();
}

type Row = readonly [
  name: string,
  expected: `${string}/${string}`,
  tags: NonNullable<SignAs['tags']>,
  change?: readonly [string, string],
];

/** What a signature says, and what was done to the message after it. */
const signatures: readonly Row[] = [
  ['honest', 'pass/verified', {}],
  ['simple header and body', 'pass/verified', { c: 'simple/simple' }],
  ['c= with a header form only', 'pass/verified', { c: 'relaxed' }],
  ['no c=', 'pass/verified', { c: undefined }],
  ['unknown tags', 'pass/verified', { zz: 'x', D: 'b.test' }],
  ['other order of h=, white space, other case', 'pass/verified', { h: 'SUBJECT : From\r\n : to' }],
  ['several query methods', 'pass/verified', { q: 'dns/future : dns/txt' }],
  ['identity below the domain', 'pass/verified', { i: '=4De@sub.a.test' }],
  ['selector with underscore', 'permerror/key-missing', { s: 'no_such' }],
  ['l= that covers the body', 'pass/verified', { l: '11' }],
  ['sent in the future', 'pass/verified', { t: '1900000000' }],
  ['not yet expired', 'pass/verified', { t: '1700000000', x: '1800000000' }],
  ['expired', 'policy/expired', { x: '1799999999' }],
  ['expires before it is made', 'permerror/syntax', { t: '1900000000', x: '1850000000' }],
  // RFC 8301 §3.1.
  ['SHA-1', 'policy/sha1', { a: 'rsa-sha1', bh: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
  ['unknown algorithm', 'neutral/algorithm', { a: 'rsa-sha512' }],
  ['algorithm in capitals', 'neutral/algorithm', { a: 'RSA-SHA256' }],
  ['no v=', 'permerror/syntax', { v: undefined }],
  ['v=2', 'permerror/version', { v: '2' }],
  ['no h=', 'permerror/syntax', { h: undefined }],
  ['From not signed', 'permerror/from-unsigned', { h: 'to:subject' }],
  ['h= is empty', 'permerror/from-unsigned', { h: '' }],
  ['no bh=', 'permerror/syntax', { bh: undefined }],
  ['bh= too short', 'permerror/syntax', { bh: 'AAAA' }],
  ['bh= no base64', 'permerror/syntax', { bh: '!' }],
  ['no d=', 'permerror/syntax', { d: undefined }],
  ['d= no domain', 'permerror/syntax', { d: 'a..test' }],
  ['d= a top-level domain', 'permerror/syntax', { d: 'test' }],
  ['d= an address', 'permerror/syntax', { d: '192.0.2.1' }],
  ['s= no selector', 'permerror/syntax', { s: 'a b' }],
  [
    'name of the key too long',
    'permerror/syntax',
    { s: Array.from({ length: 4 }, () => 'x'.repeat(63)).join('.') },
  ],
  ['t= no time', 'permerror/syntax', { t: '1e9' }],
  ['l= negative', 'permerror/syntax', { l: '-1' }],
  ['c= unknown', 'permerror/syntax', { c: 'relaxed/none' }],
  ['identity elsewhere', 'permerror/identity', { i: '@b.test' }],
  ['identity that only ends alike', 'permerror/identity', { i: '@xa.test' }],
  ['identity without a domain', 'permerror/syntax', { i: 'me' }],
  ['another query method', 'neutral/query-method', { q: 'http/get' }],
  ['h= of 1,001 names', 'permerror/syntax', { h: `from${':x'.repeat(1000)}` }],
  ['a field of 17 KiB', 'permerror/field-too-long', { zz: 'x'.repeat(17 * 1024) }],
  ['body changed', 'fail/body-changed', {}, ['Hello  you', 'Hello me']],
  ['white space in the body, relaxed', 'pass/verified', {}, ['Hello  you', 'Hello \t you']],
  [
    'white space in the body, simple',
    'fail/body-changed',
    { c: 'relaxed/simple' },
    ['Hello  you', 'Hello you'],
  ],
  ['empty lines at the end', 'pass/verified', { c: 'simple/simple' }, ['you \r\n', 'you \r\n\r\n']],
  ['header folded anew, relaxed', 'pass/verified', {}, ['Subject: Hello', 'SUBJECT :\r\n Hello ']],
  [
    'header folded anew, simple',
    'fail/header-changed',
    { c: 'simple' },
    ['Subject: Hello', 'Subject:\r\n Hello'],
  ],
  ['header changed', 'fail/header-changed', {}, ['Subject: Hello', 'Subject: Goodbye']],
  ['unsigned field changed', 'pass/verified', {}, ['from c by', 'from e by']],
  [
    'oversigned field added',
    'fail/header-changed',
    { h: 'from:from:to:subject:cc' },
    ['To:', 'Cc: x@y.test\r\nTo:'],
  ],
  ['not oversigned: the second Subject is told', 'pass/verified', {}, ['To:', 'Subject: Other\r\nTo:']],
  ['a second From above', 'policy/from-added', {}, ['From:', 'From: you@bank.test\r\nFrom:']],
  ['a second From below', 'policy/from-added', {}, ['To:', 'From: you@bank.test\r\nTo:']],
  [
    'a second From and oversigned',
    'fail/header-changed',
    { h: 'from:from:from' },
    ['From:', 'From: x@y.test\r\nFrom:'],
  ],
  ['From taken away', 'permerror/from-unsigned', {}, ['From: Me <me@a.test>\r\n', '']],
  ['l= and more text', 'policy/body-partly-signed', { l: '11' }, ['you \r\n', 'you \r\nand more\r\n']],
  ['l= smaller than the body', 'policy/body-partly-signed', { l: '5' }],
  ['l=0', 'policy/body-partly-signed', { l: '0' }],
  ['l= of more than there is', 'fail/body-too-short', { l: '12' }],
  ['l= of 76 digits', 'fail/body-too-short', { l: '9'.repeat(76) }],
  ['l=, appended and changed', 'fail/header-changed', { l: '5' }, ['Subject: Hello', 'Subject: Goodbye']],
];

for (const key of [rsa, ed25519]) {
  for (const [name, expected, tags, [from, to] = ['', '']] of signatures) {
    test(`${key.algorithm}: ${name}: ${expected} (I-41)`, async () => {
      const signed = signAs(message, { key, tags }).replace(from, to);
      const { result, reason, detail } = await outcomeOf(signed, zoneOf(recordOf(key)));
      assert.equal(`${result}/${reason}`, expected, detail);
    });
  }
}

/** A modulus of so many bits that nobody has the private half of. */
function strangeRsa(bits: number, e = 'AQAB'): string {
  const n = randomBytes(bits / 8);
  n[0] = (n[0] ?? 0) | 0x80;
  n[n.length - 1] = (n.at(-1) ?? 0) | 1;
  const key = createPublicKey({ key: { kty: 'RSA', n: n.toString('base64url'), e }, format: 'jwk' });
  return key.export({ type: 'spki', format: 'der' }).toString('base64');
}

const honest = recordOf(rsa);
/** What DNS says of the key of an honest signature. */
const records: readonly (readonly [name: string, expected: string, zone: ZoneTable[string]])[] = [
  ['no v= and no k=', 'pass/verified', { TXT: [`p=${rsa.p}`] }],
  ['bare RSAPublicKey', 'pass/verified', { TXT: [`p=${bareRsa()}`] }],
  ['white space in p=', 'pass/verified', { TXT: [`v=DKIM1; p=${rsa.p.replaceAll(/(.{60})/g, '$1 ')};`] }],
  ['notes, g=, unknown tags', 'pass/verified', { TXT: [`${honest}; n=note; g=; zz=1`] }],
  ['flags and lists', 'pass/verified', { TXT: [recordOf(rsa, 't=s:x; s=other : email; h=sha1 : sha256; ')] }],
  ['through a CNAME', 'pass/verified', { CNAME: ['key.elsewhere.test'] }],
  ['the domain is only trying', 'pass/verified', { TXT: [recordOf(rsa, 't=y; ')] }],
  ['v= not first', 'permerror/key-syntax', { TXT: [`p=${rsa.p}; v=DKIM1`] }],
  ['another record', 'permerror/key-syntax', { TXT: ['v=spf1 -all'] }],
  ['no list of tags', 'permerror/key-syntax', { TXT: ['hello'] }],
  ['a tag twice', 'permerror/key-syntax', { TXT: [`${honest}; p=${rsa.p}`] }],
  ['no p=', 'permerror/key-syntax', { TXT: ['v=DKIM1; k=rsa'] }],
  ['revoked', 'permerror/key-revoked', { TXT: ['v=DKIM1; k=rsa; p='] }],
  ['p= no base64', 'permerror/key-syntax', { TXT: ['v=DKIM1; p=!!!!'] }],
  ['p= no key', 'permerror/key-syntax', { TXT: ['v=DKIM1; p=AAAA'] }],
  [
    'p= an Ed25519 key in the record of an RSA key',
    'permerror/key-syntax',
    { TXT: [`k=rsa; p=${ed25519.p}`] },
  ],
  ['two records', 'permerror/key-several', { TXT: [honest, honest] }],
  ['two records of which one is no key', 'permerror/key-several', { TXT: ['v=spf1 -all', honest] }],
  [
    'a record of 4,097 characters',
    'permerror/key-record-too-long',
    { TXT: [honest + ' '.repeat(4097 - honest.length)] },
  ],
  ['another type of key', 'permerror/key-type', { TXT: [recordOf(ed25519)] }],
  ['a type of key that nobody knows', 'permerror/key-type', { TXT: [honest.replace('k=rsa', 'k=dsa')] }],
  ['not for SHA-256', 'permerror/key-hash', { TXT: [recordOf(rsa, 'h=sha1; ')] }],
  ['not for mail', 'permerror/key-service', { TXT: [recordOf(rsa, 's=tlsrpt; ')] }],
  ['no TXT', 'permerror/key-missing', { A: ['192.0.2.1'] }],
  ['no such name', 'permerror/key-missing', 'nxdomain'],
  ['SERVFAIL', 'temperror/dns', 'servfail'],
  ['no answer', 'temperror/dns', 'timeout'],
  ['another key', 'fail/header-changed', { TXT: [`p=${strangeRsa(1024)}`] }],
  // RFC 8301 §3.2, each bound and one beyond it.
  ['1,016 bits', 'policy/key-too-short', { TXT: [`p=${strangeRsa(1016)}`] }],
  ['4,096 bits', 'fail/header-changed', { TXT: [`p=${strangeRsa(4096)}`] }],
  ['4,104 bits', 'policy/key-too-long', { TXT: [`p=${strangeRsa(4104)}`] }],
  ['exponent of 1', 'policy/key-exponent', { TXT: [`p=${strangeRsa(1024, 'AQ')}`] }],
  ['exponent of 3', 'fail/header-changed', { TXT: [`p=${strangeRsa(1024, 'Aw')}`] }],
  ['exponent of five octets', 'policy/key-exponent', { TXT: [`p=${strangeRsa(1024, 'AQAAAAE')}`] }],
];

function bareRsa(): string {
  const key = createPublicKey({ key: Buffer.from(rsa.p, 'base64'), format: 'der', type: 'spki' });
  return key.export({ type: 'pkcs1', format: 'der' }).toString('base64');
}

for (const [name, expected, entry] of records) {
  test(`key record: ${name}: ${expected} (I-41)`, async () => {
    const zone: ZoneTable = {
      's._domainkey.a.test': entry ?? assert.fail(),
      'key.elsewhere.test': { TXT: [honest] },
    };
    const { result, reason, detail } = await outcomeOf(signAs(message, { key: rsa }), zone);
    assert.equal(`${result}/${reason}`, expected, detail);
  });
}

test('t=s: an identity below d= does not count', async () => {
  const signed = signAs(message, { key: rsa, tags: { i: 'me@sub.a.test' } });
  const strict = await outcomeOf(signed, zoneOf(recordOf(rsa, 't=s; ')));
  assert.deepEqual([strict.result, strict.reason], ['permerror', 'identity']);
});

test('t=y: what fails is neutral, what passes says so', async () => {
  const zone = zoneOf(recordOf(rsa, 't=s:y; '));
  const signed = signAs(message, { key: rsa });
  assert.deepEqual(
    [(await outcomeOf(signed, zone)).testing, (await outcomeOf(signed, zone)).result],
    [true, 'pass'],
  );
  const broken = await outcomeOf(signed.replace('Hello  you', 'Hullo'), zone);
  assert.deepEqual([broken.result, broken.reason, broken.testing], ['neutral', 'body-changed', true]);
});

test('an outcome tells what was signed, by whom, and with what', async () => {
  const tags = { h: 'from:from:to:date', i: 'me=20you@a.test', t: '1700000000', x: '1900000000' };
  const added = signAs(message, { key: rsa, tags }).replace('Subject:', 'Subject: Added\r\nSubject:');
  const outcome = await outcomeOf(added, zoneOf(recordOf(rsa)));
  const { signatureHead, fingerprint, ...rest } = outcome;
  assert.match(signatureHead, /^[A-Za-z0-9+/]{12}$/);
  assert.match(fingerprint ?? '', /^[\w-]{43}$/);
  assert.deepEqual(rest, {
    result: 'pass',
    reason: 'verified',
    detail: 'header and body are as signed',
    place: 0,
    domain: 'a.test',
    selector: 's',
    algorithm: 'rsa-sha256',
    keyBits: 1024,
    identity: 'me you@a.test',
    signedAtMs: 1_700_000_000_000,
    expiresAtMs: 1_900_000_000_000,
    signed: ['from', 'to'],
    oversigned: ['from', 'date'],
    unsigned: ['received', 'subject'],
    bodyBytesSigned: undefined,
    bodyBytes: 11,
    headerIntact: true,
    testing: false,
  });
});

test('a footer that a list adds: the header is told to be intact', async () => {
  const signed = signAs(message, { key: rsa });
  const outcome = await outcomeOf(`${signed}-- \r\nList\r\n`, zoneOf(recordOf(rsa)));
  assert.deepEqual([outcome.reason, outcome.headerIntact], ['body-changed', true]);
  const both = await outcomeOf(
    `${signed.replace('t: Hello', 't: [list] Hello')}-- \r\n`,
    zoneOf(recordOf(rsa)),
  );
  assert.deepEqual([both.reason, both.headerIntact], ['body-changed', false]);
});

test('names of fields that are told are few and short, From before all others', async () => {
  const names = Array.from({ length: 60 }, (_, n) => `x${n}`).join(':');
  const signed = signAs(message, { key: rsa, tags: { h: `${names}:from:from:to` } });
  const { oversigned, unsigned } = await outcomeOf(
    `${'L'.repeat(5000)}: x\r\n${signed}`,
    zoneOf(recordOf(rsa)),
  );
  assert.deepEqual([oversigned.length, oversigned[0], unsigned[0]], [50, 'from', 'l'.repeat(76)]);
});

test('a flood of other unsigned fields does not hide a second From', async () => {
  const flood = Array.from({ length: 60 }, (_, n) => `X-${n}: x\r\n`).join('');
  const honest = flood + signAs(message, { key: rsa });
  const told = await outcomeOf(honest, zoneOf(recordOf(rsa)));
  assert.deepEqual([told.result, told.unsigned.length], ['pass', 50]);
  const forged = await outcomeOf(
    `${flood}From: x@bank.test\r\n${signAs(message, { key: rsa })}`,
    zoneOf(recordOf(rsa)),
  );
  assert.deepEqual([forged.result, forged.reason, forged.unsigned[0]], ['policy', 'from-added', 'from']);
});

test('the fingerprint is the same for every copy of a signature, however it is written', async () => {
  const signed = signAs(message, { key: rsa });
  const zone = zoneOf(recordOf(rsa));
  const first = await outcomeOf(signed, zone);
  const b = /b=([A-Za-z0-9+/=]+)\r\n/.exec(signed)?.[1] ?? assert.fail();
  const folded = signed
    .replace(b, `${b.slice(0, 30)}\r\n\t ${b.slice(30)}`)
    .replace('To: you', 'X-To: me\r\nTo: you');
  const copy = await outcomeOf(folded, zone);
  assert.equal(copy.result, 'pass');
  assert.equal(copy.fingerprint, first.fingerprint);
  const other = await outcomeOf(signAs(message.replace('Hello', 'Hi'), { key: rsa }), zone);
  assert.notEqual(other.fingerprint, first.fingerprint);
});

test('words of the message are made safe before anybody is shown them', async () => {
  const hostile = '"\u001b[31m\u202e=0D=0AX: y"@a.test';
  const signed = signAs(message, {
    key: rsa,
    tags: { i: Buffer.from(hostile).toString('latin1').replace('\u001b', '=1B') },
  });
  const outcome = await outcomeOf(signed, zoneOf(recordOf(rsa)));
  assert.equal(outcome.result, 'pass');
  assert.equal(outcome.identity, '"?[31m???X:y"@a.test');
});

test('international names (RFC 8616)', async () => {
  const name = Buffer.from('münchen.test').toString('latin1');
  const zone = { 's._domainkey.xn--mnchen-3ya.test': { TXT: [recordOf(rsa)] } };
  const outcome = await outcomeOf(signAs(message, { key: rsa, tags: { d: name, i: `x@sub.${name}` } }), zone);
  assert.deepEqual([outcome.result, outcome.domain], ['pass', 'xn--mnchen-3ya.test']);
});
