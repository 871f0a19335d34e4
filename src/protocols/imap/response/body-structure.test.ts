import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMessage } from '#mail/message-parser.ts';
import { formatBodyStructure } from './body-structure.ts';

/** What no message of the public suite has: the fields behind the sizes, and what must not break out of them. */
const cases: readonly (readonly [what: string, header: readonly string[], body: string])[] = [
  [
    'all four fields',
    [
      'Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==',
      'Content-Disposition: attachment; filename=a.txt; size=5',
      'Content-Language: de, en-GB',
      'Content-Location: https://example.test/a b\r\n c',
    ],
    '"Q2hlY2sgSW50ZWdyaXR5IQ==" ("attachment" ("filename" "a.txt" "size" "5")) ("de" "en-GB") "https://example.test/abc"',
  ],
  ['none', [], 'NIL NIL NIL NIL'],
  ['one language is a list all the same', ['Content-Language: fr (French)'], 'NIL NIL ("fr") NIL'],
  ['a language that is none', ['Content-Language: "x), NIL'], 'NIL NIL ("NIL") NIL'],
  ['a disposition without parameters', ['Content-Disposition: INLINE'], 'NIL ("inline" NIL) NIL NIL'],
  [
    'a name in pieces and percent signs (RFC 2231)',
    ["Content-Disposition: attachment; filename*0*=utf-8''%C3%A4; filename*1=.txt"],
    'NIL ("attachment" ("filename" {6}\r\n\u00c3\u00a4.txt)) NIL NIL',
  ],
  [
    'quotes and brackets stay inside',
    ['Content-Location: a")\\ NIL', 'Content-Disposition: attachment; filename="\\") ("'],
    'NIL ("attachment" ("filename" "\\") (")) NIL "a\\")\\\\NIL"',
  ],
  [
    'a name with a line end has none on the wire',
    ["Content-Disposition: attachment; filename*=us-ascii''a%0D%0A*%20BYE"],
    'NIL ("attachment" ("filename" "a * BYE")) NIL NIL',
  ],
];

for (const [what, header, expected] of cases) {
  test(`BODYSTRUCTURE extension data of a single part: ${what}`, () => {
    const { structure } = parseMessage(
      Buffer.from([...header, 'Content-Type: application/pdf', '', 'hello'].join('\r\n'), 'latin1'),
    );
    const front = '("application" "pdf" NIL NIL NIL "7bit" 5';
    assert.equal(formatBodyStructure(structure, { extended: true }), `${front} ${expected})`);
    assert.equal(formatBodyStructure(structure, { extended: false }), `${front})`);
  });
}

test('BODYSTRUCTURE extension data of a multipart: parameters, disposition, language, location, no MD5', () => {
  const text = [
    'Content-Type: multipart/related; type="text/html"; boundary=b',
    'Content-MD5: bm9uZQ==',
    'Content-Disposition: inline; filename=m',
    'Content-Language: en',
    'Content-Location: l',
    '',
    '--b',
    '',
    'x',
    '--b--',
    '',
  ].join('\r\n');
  const child = '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 0 NIL NIL NIL NIL)';
  assert.equal(
    formatBodyStructure(parseMessage(Buffer.from(text)).structure, { extended: true }),
    `(${child} "related" ("type" "text/html" "boundary" "b") ("inline" ("filename" "m")) ("en") "l")`,
  );
});
