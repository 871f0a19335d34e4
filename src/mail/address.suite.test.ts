import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseAddress } from './address.ts';
import { parseAddressList } from './header-address.ts';

const suites = process.env['POSTERN_SUITES'];

export interface IsemailCase {
  readonly id: string;
  readonly address: string;
  readonly category: string;
}

/** dominicsayers/isemail: control characters stand as their pictures (U+2400…). */
function readCases(folder: string): readonly IsemailCase[] {
  const xml = readFileSync(`${folder}/address/isemail-tests.xml`, 'utf8');
  return [...xml.matchAll(/<test id="(\d+)">([\s\S]*?)<\/test>/g)].map(([, id = '', body = '']) => ({
    id,
    address: unescapeXml(/<address>([\s\S]*?)<\/address>/.exec(body)?.[1] ?? ''),
    category: /<category>ISEMAIL_(.*?)<\/category>/.exec(body)?.[1] ?? '',
  }));
}

function unescapeXml(text: string): string {
  return text
    .replaceAll(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/[\u2400-\u241f]/g, (c) => String.fromCodePoint((c.codePointAt(0) ?? 0) - 0x2400));
}

test('isemail: SMTP takes VALID, DNSWARN and RFC5321, nothing else', (t) => {
  if (suites === undefined) return t.skip('POSTERN_SUITES is not set');
  const cases = readCases(suites);
  assert.ok(cases.length >= 160);
  const accepted = new Set(['VALID_CATEGORY', 'DNSWARN', 'RFC5321']);
  const wrong = cases.filter(
    (c) => parseAddress(c.address, { smtpUtf8: false }).ok !== accepted.has(c.category),
  );
  assert.deepEqual(wrong, []);
});

test('isemail: headers also take CFWS, DEPREC and RFC5322; nothing takes ERR', (t) => {
  if (suites === undefined) return t.skip('POSTERN_SUITES is not set');
  // RFC 6532 lets UTF-8 follow a backslash; the suite is older (decision A-5).
  const settled = new Set(['160']);
  const wrong = readCases(suites).filter((c) => {
    const read = parseAddressList(Buffer.from(c.address).toString('latin1'));
    return (read.exact && read.addresses.length === 1) === (c.category === 'ERR' && !settled.has(c.id));
  });
  assert.deepEqual(wrong, []);
});
