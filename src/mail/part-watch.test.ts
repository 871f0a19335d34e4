import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageParser } from './message-parser.ts';
import { messageLimits } from './message-limits.ts';

test('S-09: what is told of a small part does not hold the large piece that it came in', () => {
  const told: Uint8Array[] = [];
  const silent = (): void => undefined;
  const watch = {
    header: silent,
    begin: silent,
    end: silent,
    take: (octets: Uint8Array) => void told.push(octets),
  };
  const parser = new MessageParser(messageLimits, { watch });
  const large = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'y'.repeat(60_000)}\r\n--b\r\n\r\n`;
  parser.push(Buffer.from(`${large}short`, 'latin1'));
  // Of a whole piece of the socket no more than its end is body.
  const piece = Buffer.alloc(65_536, 'x');
  parser.push(piece.subarray(-10));
  parser.push(piece);
  const [preamble, short, end, whole] = told;
  assert.equal(preamble?.length, 60_000);
  assert.equal(Buffer.from(short ?? []).toString(), 'short');
  assert.equal(Buffer.from(end ?? []).toString(), 'x'.repeat(10));
  assert.equal(whole?.length, piece.length);
  for (const octets of told) assert.ok(octets.buffer.byteLength <= 2 * octets.length);
});
