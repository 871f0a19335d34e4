import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { addressKey, foldLocalPart, formatAddress, parseAddress } from './address.ts';
import { createBase64Encoder } from './base64-stream.ts';
import type { ByteTransform } from './byte-transform.ts';
import { transformAll } from './byte-transform.ts';
import { decodeCharset } from './charset.ts';
import { formatDate, parseDate } from './date.ts';
import { parseDomain } from './domain.ts';
import { decodeEncodedWords, encodeEncodedWords } from './encoded-word.ts';
import { foldForSearch } from './fold-search.ts';
import { formatNamedAddress } from './header-writer.ts';
import { headerMailboxes, parseAddressList } from './header-address.ts';
import { splitHeaderText, unfoldedValue } from './header.ts';
import { formatField } from './header-writer.ts';
import { htmlToText } from './html-text.ts';
import { parseParameterized } from './parameters.ts';
import { createQuotedPrintableEncoder } from './quoted-printable.ts';
import { createTransferDecoder, decodeTransfer } from './transfer-encoding.ts';

const runs = { numRuns: Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000) };

/** Text made of what grammars stumble over. */
function hostile(...alphabet: readonly string[]): fc.Arbitrary<string> {
  return fc
    .array(fc.oneof(fc.constantFrom(...alphabet), fc.string({ maxLength: 4 })), { maxLength: 40 })
    .map((p) => p.join(''));
}

const bytes = fc.uint8Array({ maxLength: 400 });
const textual = fc
  .array(
    fc.constantFrom('a', '=', ' ', '\t', '\r\n', '\n', '\r', '.', '=\r\n', 'é', '=41', '=4', '~', '\0'),
    { maxLength: 120 },
  )
  .map((pieces) => Buffer.from(pieces.join('')));

function inPieces(transform: ByteTransform, input: Uint8Array, sizes: readonly number[]): Buffer {
  const out: Uint8Array[] = [];
  let at = 0;
  for (let i = 0; at < input.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    // A copy that is spoilt afterwards: a transform must not keep the caller's bytes.
    const piece = Buffer.from(input.subarray(at, at + size));
    out.push(Buffer.from(transform.push(piece)));
    piece.fill(0x2a);
    at += size;
  }
  out.push(transform.finish());
  return Buffer.concat(out);
}

const sizes = fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 5 });

test('a name or an address that is plain is read as any other is', () => {
  const name = hostile('a', '.', '-', '1', 'xn--', 'b'.repeat(30), 'c'.repeat(64), '_', 'é');
  fc.assert(
    fc.property(name, name, (local, domain) => {
      // In capitals it is looked at closely.
      if (/[a-z]/.test(domain))
        assert.deepEqual(parseDomain(domain), parseDomain(domain.replace(/[a-z]/, (c) => c.toUpperCase())));
      const address = `${local}@${domain}`;
      if (address.startsWith('@')) return;
      for (const options of [{ smtpUtf8: true }, { smtpUtf8: false }]) {
        // Behind a route as well.
        const [plain, routed] = [address, `@hop.test:${address}`].map((text) => parseAddress(text, options));
        assert.deepEqual(plain?.ok === true && plain.value, routed?.ok === true && routed.value);
      }
    }),
    runs,
  );
});

test('a date as programs of today write it is read as any other is, and what is nearly one', () => {
  const usual = 'Mon, 05 Jan 2004 10:00:00 +0000';
  const other = fc.constantFrom(...Array.from('0123456789:, +-'), 'Feb', 'Tue', 'Sept', '()', '\t');
  fc.assert(
    fc.property(
      fc.nat(usual.length),
      fc.nat(3),
      other,
      fc.date({ noInvalidDate: true }),
      hostile(' ', '(', ')', '(CET)', 'pm', '0', '+0100', 'EST', ':', '2005', 'ö'),
      (at, gone, put, day, behind) => {
        const nearly = usual.slice(0, at) + put + usual.slice(at + gone);
        for (const text of [nearly, formatDate(day.getTime()), usual + behind, nearly + behind])
          // In small letters it is looked at closely.
          assert.equal(parseDate(text), parseDate(text.toLowerCase()), text);
      },
    ),
    runs,
  );
});

test('an address that is read is written and read again the same', () => {
  const local = hostile('"', '\\', '.', '@', ' ', 'a', 'ö', '\r', '<', '+');
  fc.assert(
    fc.property(
      local,
      fc.constantFrom('example.test', '[192.0.2.1]', 'Bücher.test', 'a..b'),
      (local, domain) => {
        for (const text of [
          `${local}@${domain}`,
          `"${local.replaceAll(/["\\]/g, String.raw`\$&`)}"@${domain}`,
          local,
        ]) {
          const read = parseAddress(text, { smtpUtf8: true });
          if (!read.ok) continue;
          assert.deepEqual(parseAddress(formatAddress(read.value), { smtpUtf8: true }), read);
          const folded = foldLocalPart(read.value.local);
          assert.equal(folded, read.value.local.normalize('NFC').toLowerCase().normalize('NFC'));
          const key = addressKey(read.value);
          assert.equal(addressKey({ ...read.value, local: folded }), key);
          // The last `@` splits it again.
          const at = key.lastIndexOf('@');
          assert.deepEqual([key.slice(0, at), key.slice(at + 1)], [folded, read.value.domain]);
        }
      },
    ),
    runs,
  );
});

test('a domain that is read is its own spelling', () => {
  fc.assert(
    fc.property(hostile('xn--', '.', '-', 'ü', 'a', '。', 'ß', 'A'), (text) => {
      const read = parseDomain(text, { allowUnicode: true });
      if (read.ok) assert.deepEqual(parseDomain(read.value), read);
    }),
    runs,
  );
});

test('address lists: never throw; what we write is read exactly', () => {
  fc.assert(
    fc.property(
      hostile(
        '<',
        '>',
        '"',
        '(',
        ')',
        ',',
        ';',
        ':',
        '@',
        '\\',
        '\r\n ',
        '[',
        ']',
        '.',
        '=?utf-8?q?a?=',
        ' ',
      ),
      (text) => {
        parseAddressList(Buffer.from(text).toString('latin1'));
        headerMailboxes(text);
      },
    ),
    runs,
  );
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1, maxLength: 20 }), (name, local) => {
      const address = parseAddress(`"${local.replaceAll(/["\\]/g, String.raw`\$&`)}"@example.test`, {
        smtpUtf8: false,
      });
      if (!address.ok) return;
      const { mailboxes, exact } = headerMailboxes(formatNamedAddress({ name, address: address.value }));
      assert.ok(exact);
      assert.equal(mailboxes.length, 1);
      assert.deepEqual(mailboxes[0]?.address, address);
    }),
    runs,
  );
});

test('transfer encodings: what is encoded is decoded, in any pieces', () => {
  fc.assert(
    fc.property(fc.oneof(bytes, textual), sizes, (input, sizes) => {
      const base64 = inPieces(createBase64Encoder(), input, sizes);
      assert.deepEqual(base64, Buffer.from(transformAll(createBase64Encoder(), input)));
      assert.deepEqual(inPieces(createTransferDecoder('base64'), base64, sizes), Buffer.from(input));
      for (const binary of [true, false]) {
        const quoted = inPieces(createQuotedPrintableEncoder({ binary }), input, sizes);
        assert.deepEqual(quoted, Buffer.from(transformAll(createQuotedPrintableEncoder({ binary }), input)));
        for (const line of quoted.toString('latin1').split('\r\n')) assert.match(line, /^[\t -~]{0,76}$/);
        assert.deepEqual(
          inPieces(createTransferDecoder('quoted-printable'), quoted, sizes),
          Buffer.from(input),
        );
      }
    }),
    runs,
  );
});

test('damaged encodings decode the same in any pieces', () => {
  fc.assert(
    fc.property(
      fc.oneof(bytes, textual),
      sizes,
      fc.constantFrom('base64', 'quoted-printable', 'x-uuencode'),
      (input, sizes, name) => {
        const pieces = inPieces(createTransferDecoder(name), input, sizes);
        assert.deepEqual(pieces, Buffer.from(decodeTransfer(input, name)));
      },
    ),
    runs,
  );
});

test('encoded words: what is encoded is decoded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const encoded = encodeEncodedWords(text);
      assert.match(encoded, /^[ -~]*$/);
      assert.equal(decodeEncodedWords(encoded), text.toWellFormed().replaceAll(/[\r\n\0]+/g, ' '));
    }),
    runs,
  );
  fc.assert(
    fc.property(
      hostile('=?', '?=', '?q?', '?B?', 'utf-8', '_', '=41', ' ', 'iso-2022-jp', '\r\n '),
      (text) => {
        assert.doesNotMatch(decodeEncodedWords(text.replaceAll(/[\r\n\0]/g, '')), /[\r\n\0]/);
      },
    ),
    runs,
  );
});

test('a field that we write is one field and keeps its text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (value) => {
      const text = formatField('Subject', value);
      const block = splitHeaderText(`${text}\r\n`);
      assert.equal(block.fields.length, 1);
      const [field] = block.fields;
      assert.ok(field !== undefined && field.end === text.length);
      const words = (text: string): string =>
        text
          .toWellFormed()
          .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
          .trim();
      assert.equal(words(decodeEncodedWords(unfoldedValue(block, field))), words(value));
      for (const line of text.split('\r\n')) assert.ok(line.length <= 998);
    }),
    runs,
  );
});

test('parameters, charsets, HTML, folding never throw', () => {
  const pieces = hostile(
    ';',
    '=',
    '"',
    '*',
    "'",
    '%41',
    '*0*',
    '\\',
    '(',
    ')',
    '\r\n ',
    'utf-8',
    '<a "',
    '-->',
    '&amp;',
    '</',
  );
  fc.assert(
    fc.property(pieces, bytes, fc.string(), (text, bytes, label) => {
      for (const [name, value] of parseParameterized(text).parameters)
        assert.doesNotMatch(name + value, /[\r\n\0]/);
      assert.equal(typeof decodeCharset(bytes, label), 'string');
      for (const name of ['utf-7', 'hz', 'iso-2022-kr', 'iso-2022-jp', 'utf-16', 'big5'])
        decodeCharset(bytes, name);
      htmlToText(text);
      parseDate(text);
      assert.equal(foldForSearch(foldForSearch(text)), foldForSearch(text));
    }),
    runs,
  );
});

test('dates: what is written is read', () => {
  const seconds = fc.integer({ min: -2_000_000_000, max: 4_000_000_000 });
  fc.assert(
    fc.property(seconds, (s) => assert.equal(parseDate(formatDate(s * 1000)), s * 1000)),
    runs,
  );
});
