import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { splitHeader, splitHeaderText } from '#mail/header.ts';
import { authorsMax, fromBytesMax, readAuthorDomain } from './author-domain.ts';
import type { AuthorDomain } from './author-domain.ts';

const file = readFileSync(new URL('spoofed-authors.cases.txt', import.meta.url), 'utf8');

/** `\x..` is a byte, `\u....` a character in UTF-8. */
function bytesOf(text: string): Buffer {
  const latin1 = text
    .replaceAll(/\\u([0-9a-f]{4})/g, (_, hex: string) =>
      Buffer.from(String.fromCharCode(Number.parseInt(hex, 16))).toString('latin1'),
    )
    .replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll('\\0', '\0')
    .replaceAll('\\r', '\r')
    .replaceAll('\\\\', '\\');
  return Buffer.from(latin1, 'latin1');
}

function verdictWords(author: AuthorDomain): string {
  switch (author.kind) {
    case 'domain': {
      const shown = author.displayed.length === 0 ? '' : ` shows ${author.displayed.join(' ')}`;
      return `domain ${author.domain}${shown}`;
    }
    case 'literal':
      return `literal ${author.literal}`;
    default:
      return `refused ${author.problem}`;
  }
}

const cases = file
  .split(/^## /m)
  .slice(1)
  .map((text) => {
    const [name = '', ...lines] = text.trimEnd().split('\n');
    const end = lines.findIndex((line) => line.startsWith('=> '));
    const header = lines.slice(0, end).map((line) => (line.endsWith('\\r') ? `${line}\n` : `${line}\r\n`));
    return { name, header: header.join(''), verdict: lines[end]?.slice(3) };
  });

for (const { name, header, verdict } of cases) {
  test(`author: ${name}`, () => {
    const fields = bytesOf(header);
    const message = Buffer.concat([
      Buffer.from('Received: x\r\n'),
      fields,
      Buffer.from('To: b@example.net\r\n\r\n'),
    ]);
    assert.equal(verdictWords(readAuthorDomain(splitHeader(message))), verdict);
  });
}

test('a case is made of a name, a header and a verdict', () => {
  assert.ok(cases.length > 70);
  for (const { name, header, verdict } of cases) assert.ok(header !== '' && verdict !== undefined, name);
});

test('authors and displayed domains are bounded', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => `a${i}@example.com`).join(', ');
  const read = (from: string) => readAuthorDomain(splitHeaderText(`From: ${from}\r\n\r\n`));
  assert.equal(read(many(authorsMax)).kind, 'domain');
  assert.deepEqual(verdictWords(read(many(authorsMax + 1))), 'refused too-many-authors');
  const long = (bytes: number) => `"${'x'.repeat(bytes - 19)}" <a@example.com>`;
  assert.equal(read(long(fromBytesMax)).kind, 'domain');
  assert.deepEqual(verdictWords(read(long(fromBytesMax + 1))), 'refused too-many-authors');
  const names = Array.from({ length: 100 }, (_, i) => `a@shown${i}.example`).join(' ');
  const shown = read(`"${names}" <a@example.com>`);
  assert.equal(shown.kind === 'domain' ? shown.displayed.length : 0, 8);
});

test('what is told of a bad field is one clean line', () => {
  const read = readAuthorDomain(splitHeaderText('From: a@one.example, b@two.example\r\n\r\n'));
  assert.equal(
    read.kind === 'unfit' ? read.detail : '',
    'the From field names several domains: one.example, two.example',
  );
});
