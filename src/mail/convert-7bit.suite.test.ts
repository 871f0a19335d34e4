import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isSevenBit } from './builder.ts';
import { convertTo7Bit } from './convert-7bit.ts';
import { parseMessage } from './message-parser.ts';
import type { Part } from './summary.ts';
import { decodeTransfer } from './transfer-encoding.ts';

const suites = process.env['POSTERN_SUITES'];

function leaves(part: Part): readonly Part[] {
  if (part.message !== undefined) return leaves(part.message.structure);
  return part.parts.length === 0 ? [part] : part.parts.flatMap(leaves);
}

function contents(bytes: Uint8Array, part: Part): readonly Buffer[] {
  return leaves(part).map((leaf) =>
    Buffer.from(decodeTransfer(bytes.subarray(leaf.body.start, leaf.body.end), leaf.encoding)),
  );
}

test('real mail in 8 bits becomes 7 bits with the same contents', (t) => {
  if (suites === undefined) return t.skip('POSTERN_SUITES is not set');
  let converted = 0;
  let refused = 0;
  for (const folder of ['ham-2002', 'spam-2002', 'phishing-2023']) {
    for (const name of readdirSync(join(suites, 'mail', folder))) {
      const text: string = readFileSync(join(suites, 'mail', folder, name), 'latin1').replace(
        /^From [^\n]*\n/,
        '',
      );
      const bytes: Buffer = Buffer.from(text.replaceAll(/\r?\n/g, '\r\n'), 'latin1');
      if (isSevenBit(bytes)) continue;
      const summary = parseMessage(bytes);
      const result = convertTo7Bit(bytes, summary);
      if (result === undefined) {
        refused += 1;
        continue;
      }
      converted += 1;
      assert.ok(isSevenBit(result), name);
      assert.deepEqual(
        contents(result, parseMessage(result).structure),
        contents(bytes, summary.structure),
        name,
      );
    }
  }
  // What is refused has 8-bit bytes in addresses or other structured fields.
  assert.ok(converted > 300, `${converted}`);
  assert.ok(refused < converted / 4, `${refused} of ${converted + refused}`);
});
