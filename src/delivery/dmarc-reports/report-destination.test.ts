import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAddress } from '#mail/address.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { judgeDestination } from './report-destination.ts';
import { domainOf } from './report-row.fixture.ts';

/** Where a report about `mail.bank.example` with this URI goes, or why not. */
async function destination(uri: string, zone: ZoneTable, about = 'mail.bank.example'): Promise<string> {
  const judged = await judgeDestination(uri, domainOf(about), {
    resolver: createFakeResolver(zone),
    clock: createFakeClock(),
    isLocal: (domain) => domain === 'ours.example',
  });
  if (judged.kind === 'send') return formatAddress(judged.to);
  return judged.kind === 'later' ? 'later' : judged.why;
}

const bank: ZoneTable = { '_dmarc.bank.example': { TXT: ['v=DMARC1; p=reject; psd=n'] } };
const asked = 'mail.bank.example._report._dmarc.reader.example';
const consent = (...texts: readonly string[]): ZoneTable => ({ ...bank, [asked]: { TXT: texts } });
const uri = 'mailto:in@reader.example';
const unauthorized = /^reader\.example does not say/;

test('I-47: a domain has its reports sent within its own organization without asking anybody', async () => {
  assert.equal(await destination('mailto:a@mail.bank.example', bank), 'a@mail.bank.example');
  assert.equal(await destination('mailto:a@bank.example', bank), 'a@bank.example');
  assert.equal(await destination('mailto:a@other.bank.example', bank), 'a@other.bank.example');
});

test('RFC 9990 §4: a third party gets reports only if it says so', async () => {
  assert.match(await destination(uri, bank), unauthorized);
  assert.equal(await destination(uri, consent('v=DMARC1')), 'in@reader.example');
  assert.equal(await destination(uri, consent('v=DMARC1;')), 'in@reader.example');
  assert.equal(await destination(uri, consent('x', 'v=DMARC1; a=b')), 'in@reader.example');
  for (const text of ['v=DMARC10', 'DMARC1', 'a=b; v=DMARC1', 'v=spf1 -all', ''])
    assert.match(await destination(uri, consent(text)), unauthorized, text);
});

test('consent to another domain’s reports, or of another host, is none', async () => {
  const zone = { ...bank, 'bank.example._report._dmarc.reader.example': { TXT: ['v=DMARC1'] } };
  assert.match(await destination(uri, zone), unauthorized);
  const parent = { ...bank, 'mail.bank.example._report._dmarc.example': { TXT: ['v=DMARC1'] } };
  assert.match(await destination(uri, parent), unauthorized);
});

test('whoever consents may name another address of the same host, and of no other', async () => {
  const moved = consent('v=DMARC1; rua=mailto:new@reader.example');
  assert.equal(await destination(uri, moved), 'new@reader.example');
  for (const rua of ['mailto:v@victim.example', 'mailto:a@reader.example,mailto:v@victim.example'])
    assert.match(await destination(uri, consent(`v=DMARC1; rua=${rua}`)), /on to another host/, rua);
});

test('where the DNS does not answer nothing is decided', async () => {
  assert.equal(await destination(uri, { ...bank, [asked]: 'servfail' }), 'later');
  assert.equal(await destination(uri, { ...bank, '_dmarc.reader.example': 'timeout' }), 'later');
  assert.equal(await destination(uri, { '_dmarc.bank.example': 'servfail' }), 'later');
});

test('two names below one public suffix are two organizations', async () => {
  const zone: ZoneTable = { '_dmarc.shop.example': { TXT: ['v=DMARC1; psd=y'] } };
  assert.match(await destination('mailto:a@victim.shop.example', zone, 'evil.shop.example'), /does not say/);
});

test('what is no mail address, and what is ours, gets nothing', async () => {
  for (const wrong of ['https://reader.example/', 'mailto:', 'mailto:a@[192.0.2.1]', 'mailto:@x'])
    assert.equal(await destination(wrong, bank), 'not a mail address', wrong);
  assert.equal(await destination('mailto:a@OURS.example', bank), 'a domain of this server');
});

test('a name that is too long for the DNS is not asked', async () => {
  const about = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(40)}.example`;
  assert.match(await destination(uri, bank, about), unauthorized);
});
