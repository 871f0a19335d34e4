import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { MessageParser, parseMessage } from './message-parser.ts';
import { messageLimits } from './message-limits.ts';
import { searchableText, searchCharsMax } from './searchable-text.ts';
import { sectionRange } from './part-path.ts';
import type { MessageSummary, Part } from './summary.ts';

const suites = process.env['POSTERN_SUITES'];

function filesBelow(folder: string, ending: RegExp): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .map((name) => join(folder, name))
    .toSorted();
}

function parseInChunks(bytes: Uint8Array, size: number): MessageSummary {
  const parser = new MessageParser();
  for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size));
  return parser.finish();
}

function allParts(part: Part): readonly Part[] {
  const inner = part.message === undefined ? [] : allParts(part.message.structure);
  return [part, ...part.parts.flatMap(allParts), ...inner];
}

function assertSound(bytes: Uint8Array, summary: MessageSummary, name: string): void {
  assert.equal(summary.sizeBytes, bytes.length, name);
  const parts = allParts(summary.structure);
  assert.ok(parts.length <= 3 * messageLimits.partsMax, name);
  for (const part of parts) {
    assert.ok(part.header.start <= part.header.end && part.header.end <= part.body.start, name);
    assert.ok(part.body.start <= part.body.end && part.body.end <= bytes.length, name);
    if (part.type === 'multipart') assert.ok(part.parts.length > 0, name);
    for (const child of part.parts) {
      assert.ok(child.header.start >= part.body.start && child.body.end <= part.body.end, name);
    }
    const lines = Buffer.from(bytes.subarray(part.body.start, part.body.end)).toString('latin1').split('\n');
    assert.equal(part.lines, lines.length - 1, `${name}: lines`);
  }
  assert.ok(Array.from(summary.preview).length <= 256, name);
  assert.deepEqual(sectionRange(summary, []), { start: 0, end: bytes.length }, name);
}

/** The mbox line goes, every line ends in CR LF. */
function asReceived(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replace(/^From [^\n]*\n/, '');
  return Buffer.from(text.replaceAll(/\r?\n/g, '\r\n'), 'latin1');
}

const broken = ['mime/mikel-mail', 'mime/enmime', 'mime/mail-parser', 'mime/mime4j', 'mime/bodystructure'];

test('broken and odd messages: the same tree for any chunking, offsets sound', (t) => {
  if (suites === undefined) return t.skip('POSTERN_SUITES is not set');
  const files = broken.flatMap((folder) => filesBelow(join(suites, folder), /\.(?:eml|raw|msg)$/));
  assert.ok(files.length > 200);
  for (const file of files) {
    const bytes = readFileSync(file);
    const whole = parseMessage(bytes);
    assertSound(bytes, whole, file);
    for (const size of [1, 2, 7, 61, 4096])
      assert.deepEqual(parseInChunks(bytes, size), whole, `${file} by ${size}`);
    const text = searchableText(bytes, whole);
    assert.ok(text.body.length <= 2 * searchCharsMax, file);
  }
});

test('3,294 real messages: the same tree for any chunking, offsets sound', (t) => {
  if (suites === undefined) return t.skip('POSTERN_SUITES is not set');
  const files = ['ham-2002', 'spam-2002', 'phishing-2023'].flatMap((folder) =>
    filesBelow(join(suites, 'mail', folder), /\.(?:eml|txt)$|\/[^./]+$/),
  );
  assert.equal(files.length, 3294);
  for (const [index, file] of files.entries()) {
    const bytes = asReceived(readFileSync(file));
    const whole = parseMessage(bytes);
    assertSound(bytes, whole, file);
    assert.equal(whole.truncated, false, file);
    assert.deepEqual(parseInChunks(bytes, 4096), whole, file);
    if (index % 10 === 0) assert.deepEqual(parseInChunks(bytes, 7), whole, file);
    if (index % 100 === 0) assert.deepEqual(parseInChunks(bytes, 1), whole, file);
  }
});
