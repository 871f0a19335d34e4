import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { splitSubaddress } from '#mail/address.ts';
import { withoutInvisible } from '#mail/look-alike.ts';
import { looksReserved, reservedName, reservedNames } from './reserved-name.ts';

const numRuns = Number(process.env.POSTERN_FUZZ_RUNS ?? 1000);

const spellings: readonly (readonly [local: string, name: string | undefined])[] = [
  ['postmaster', 'postmaster'],
  ['PostMaster', 'postmaster'],
  ['ABUSE+from-a-list', 'abuse'],
  ['dmarc-reports', 'dmarc-reports'],
  ['Ｒｏｏｔ', 'root'],
  ['ro\u00adot', 'root'],
  ['ad\u200bmin+x', 'admin'],
  [' noc ', 'noc'],
  ['noc1', undefined],
  ['no.reply', undefined],
  ['+root', undefined],
  ['', undefined],
];

test('a reserved name is known in any case, form and with any tag (S-03)', () => {
  for (const [local, name] of spellings) assert.equal(reservedName(local), name, local);
  assert.equal(looksReserved('p0stmaster'), true);
  assert.equal(looksReserved('post.master'), true);
  assert.equal(looksReserved('miller'), false);
});

const local = fc
  .array(
    fc.oneof(
      fc.constantFrom(...reservedNames),
      fc.constantFrom(
        '+',
        ' ',
        '\t',
        '\0',
        '\u007f',
        '\u00ad',
        '\u200b',
        'É',
        'e\u0301',
        'İ',
        'ſ',
        'K',
        'Ａ',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 4 },
  )
  .map((pieces) => pieces.join(''));

test('a plain local part is read as any other is', () => {
  fc.assert(
    fc.property(local, (text) => {
      const plain = withoutInvisible(text.normalize('NFKC').toLowerCase()).trim();
      const { user } = splitSubaddress(plain);
      assert.equal(reservedName(text), reservedNames.has(user) ? user : undefined);
    }),
    { numRuns },
  );
});
