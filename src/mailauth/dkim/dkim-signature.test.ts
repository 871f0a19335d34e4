import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DkimProblem } from './dkim-problem.ts';
import { readDkimField } from './dkim-signature.ts';
import { base64Tag } from './signature-tags.ts';
import { parseTagList } from './tag-list.ts';
import type { Tag } from './tag-list.ts';

const bh = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

test('of the field only what stands between b= and the next semicolon is taken out (RFC 6376 §3.5)', () => {
  const rest = `a=rsa-sha256; d=a.test; s=s; h=from; bh=${bh}`;
  const rows: readonly (readonly [text: string, unsigned: string])[] = [
    [`X: v=1; b=\r\n AA\r\n\t== ;${rest} `, `X: v=1; b=;${rest} `],
    [`X: v=1; ${rest}; b = AAAA \r\n `, `X: v=1; ${rest}; b =`],
    [`X: v=1; ${rest}; b=AAAA; `, `X: v=1; ${rest}; b=; `],
  ];
  for (const [text, unsigned] of rows) {
    const read = readDkimField({ text, valueStart: 2 }).signature;
    assert.ok(read.ok, text);
    assert.equal(read.value.unsigned, unsigned);
  }
});

test('what a field says of itself is told even where the field cannot count', () => {
  const text = 'X: d=A.test; s=S; a=rsa-sha1; t=1; b=AB CD<>; i=m=40e@x';
  assert.deepEqual(readDkimField({ text, valueStart: 2 }).claims, {
    domain: 'a.test',
    selector: 's',
    algorithm: 'rsa-sha1',
    identity: 'm@e@x',
    signedAtMs: 1000,
    expiresAtMs: undefined,
    signatureHead: 'ABCD??',
  });
});

const lists: readonly (readonly [text: string, expected: Readonly<Record<string, string>> | undefined])[] = [
  ['a=1', { a: '1' }],
  [' a = 1 ; b=\r\n 2 3 ;', { a: '1', b: '2 3' }],
  ['a=1; ', { a: '1' }],
  ['a=b=c', { a: 'b=c' }],
  ['a=', { a: '' }],
  ['a=1;;b=2', undefined],
  [';a=1', undefined],
  ['a=1;a=2', undefined],
  ['a=1;A=2', { a: '1', A: '2' }],
  ['1a=1', undefined],
  ['a b=1', undefined],
  ['a', undefined],
  ['', undefined],
  [';', undefined],
  ['a=\u0000', undefined],
  ['a=x\ry', undefined],
  ['a=x\ny', undefined],
  ['a=\u00e9', { a: '\u00e9' }],
];

for (const [text, expected] of lists) {
  test(`tag list ${JSON.stringify(text)} (RFC 6376 §3.2)`, () => {
    const tags = parseTagList(text);
    const read =
      tags === undefined ? undefined : Object.fromEntries([...tags].map(([name, tag]) => [name, tag.value]));
    assert.deepEqual(read, expected);
  });
}

test('base64 stands in whole groups, with padding only at its end', () => {
  const tags = (b: string) => parseTagList(`b=${b}`) ?? new Map<string, Tag>();
  for (const b of ['AA==', 'AAA=', 'AAAA', 'AA\r\n A A', '+/+/AA==']) {
    const plain = b.replaceAll(/\s/g, '');
    assert.equal(base64Tag(tags(b), 'b').toString('base64'), plain, b);
  }
  for (const b of [
    'A',
    'AA',
    'AAAAA',
    'A===',
    '====',
    'AA=A',
    'A==A',
    'AA==AAAA',
    'AAAA====',
    'AAA!',
    'AA!=',
    'A!==',
    'AAAA!AAA',
    'AA_-',
    'AA\u00e9A',
    '=',
    '',
  ]) {
    assert.throws(() => base64Tag(tags(b), 'b'), DkimProblem, b);
  }
});
