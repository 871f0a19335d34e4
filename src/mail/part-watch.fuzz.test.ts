import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { splitHeader } from './header.ts';
import { messageLimits } from './message-limits.ts';
import { MessageParser } from './message-parser.ts';
import type { PartWatch } from './part-watch.ts';
import type { MessageSummary, Part } from './summary.ts';

const runs = { numRuns: Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000) };

const pieces = [
  'Content-Type: multipart/mixed; boundary=b\r\n',
  'Content-Type: multipart/mixed; boundary=bb\r\n',
  'Content-Type: message/rfc822\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  'Subject: x\r\n',
  '\r\n',
  '\n',
  '\r',
  '--b\r\n',
  '--bb\n',
  '--b--\r\n',
  '--',
  'text\r\n',
  'x',
  '\u00e9',
  '\0',
];
const message = fc
  .array(fc.constantFrom(...pieces), { maxLength: 40 })
  .map((list) => Buffer.from(list.join(''), 'latin1'));

const uses = ['summary', 'structure'] as const;

test('who watches a message hears each part’s octets, and only those, however it is cut', () => {
  fc.assert(
    fc.property(message, fc.integer({ min: 1, max: 30 }), fc.constantFrom(...uses), (bytes, size, seeks) => {
      const heard = new Map<Part, string>();
      let open: Part | undefined;
      const watch: PartWatch = {
        header: (part) => assert.ok(!heard.has(part)),
        begin(part) {
          assert.equal(open, undefined);
          open = part;
          heard.set(part, '');
        },
        take(octets) {
          if (open !== undefined) heard.set(open, heard.get(open) + Buffer.from(octets).toString('latin1'));
        },
        end(part) {
          if (part === open) open = undefined;
        },
      };
      const parser = new MessageParser(messageLimits, { watch, seeks });
      for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size));
      const leaves = leavesOf(parser.finish().structure);
      for (const part of heard.keys()) assert.ok(leaves.has(part));
      for (const [part, text] of heard) {
        const body = bytes.toString('latin1', part.body.start, part.body.end);
        assert.ok([body, `${body}\n`, `${body}\r\n`].includes(text), JSON.stringify([body, text]));
      }
    }),
    runs,
  );
});

test('a header that was taken apart before is not read again: all is told as if it had been', () => {
  fc.assert(
    fc.property(message, message, fc.integer({ min: 1, max: 30 }), (first, rest, size) => {
      const bytes = Buffer.concat([first, rest]);
      const block = splitHeader(bytes);
      const before = 'Received: from a\r\n by b;\r\n Mon, 5 Jan 2026 10:00:00 +0000\r\n';
      const [pushed, begun] = [new MessageParser(), new MessageParser()];
      pushed.push(Buffer.from(before));
      pushed.push(bytes.subarray(0, block.bodyStart));
      assert.ok(begun.begin(block, before.length + block.bodyStart));
      for (let at = block.bodyStart; at < bytes.length; at += size)
        for (const parser of [pushed, begun])
          parser.push(bytes.subarray(at, Math.min(at + size, bytes.length)));
      assert.deepEqual(begun.finish(), pushed.finish());
    }),
    runs,
  );
});

test('who seeks the structure alone is given the same one', () => {
  fc.assert(
    fc.property(message, (bytes) => {
      const [whole, bare] = uses.map((seeks) => {
        const parser = new MessageParser(messageLimits, { seeks });
        parser.push(bytes);
        return told(parser.finish());
      });
      assert.equal(bare, whole);
    }),
    runs,
  );
});

/** All but envelopes, references and preview. */
function told({ sizeBytes, structure, truncated, attachments }: MessageSummary): string {
  return JSON.stringify({ sizeBytes, structure, truncated, attachments }, (key, value: unknown) =>
    key === 'envelope' ? undefined : value,
  );
}

function leavesOf(part: Part): ReadonlySet<Part> {
  const inner = [...part.parts, ...(part.message === undefined ? [] : [part.message.structure])];
  return new Set([part, ...inner.flatMap((one) => [...leavesOf(one)])]);
}
