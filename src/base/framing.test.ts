import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unreachable } from './result.ts';
import { Framer } from './framing.ts';
import type { Want, WireFrame } from './wire-frame.ts';

const line: Want = { kind: 'line', limitBytes: 20 };

function framesOf(input: string, want: Want, chunkBytes: number): string[] {
  const framer = new Framer();
  const told: string[] = [];
  for (let at = 0; at < input.length; at += chunkBytes) {
    framer.push(Buffer.from(input.slice(at, at + chunkBytes), 'latin1'));
    for (let frame = framer.next(want); frame !== undefined; frame = framer.next(want))
      told.push(tell(frame));
  }
  return told;
}

function tell(frame: WireFrame): string {
  switch (frame.kind) {
    case 'line':
      return `line ${text(frame.bytes)}`;
    case 'anomaly':
      return `${frame.what} ${text(frame.bytes)}`;
    case 'overlong':
      return `overlong ${frame.lengthBytes} ${text(frame.head)}`;
    case 'octets':
    case 'data':
      return `${frame.kind} ${text(frame.bytes)}${frame.last ? ' last' : ''}`;
    default:
      return unreachable(frame);
  }
}

function text(bytes: Uint8Array): string {
  return JSON.stringify(Buffer.from(bytes).toString('latin1'));
}

const lineCases: readonly (readonly [name: string, input: string, frames: readonly string[]])[] = [
  ['two lines', 'NOOP\r\nQUIT\r\n', ['line "NOOP"', 'line "QUIT"']],
  ['an empty line', '\r\n', ['line ""']],
  ['no line yet', 'NOOP\r', []],
  ['exactly the limit', `${'a'.repeat(20)}\r\n`, [`line "${'a'.repeat(20)}"`]],
  ['one over', `${'a'.repeat(21)}\r\nNOOP\r\n`, [`overlong 21 "${'a'.repeat(20)}"`, 'line "NOOP"']],
  ['far over', `${'ab'.repeat(500)}\r\nA\r\n`, [`overlong 1000 "${'ab'.repeat(10)}"`, 'line "A"']],
  ['bare LF', 'NOOP\nQUIT\r\nRSET\r\n', ['bare-lf "NOOP\\n"', 'line "RSET"']],
  ['bare CR', 'NO\rOP\r\nRSET\r\n', ['bare-cr "NO\\r"', 'line "RSET"']],
  ['CR CR LF', 'NO\r\r\nRSET\r\n', ['bare-cr "NO\\r"', 'line "RSET"']],
  ['NUL', 'NO\0OP\r\nRSET\r\n', ['nul "NO\\u0000"', 'line "RSET"']],
  ['several in one line: the first counts', 'a\0b\rc\nd\r\nE\r\n', ['nul "a\\u0000"', 'line "E"']],
  ['LF first', '\nA\r\nB\r\n', ['bare-lf "\\n"', 'line "B"']],
  [
    'an anomaly past the limit',
    `${'a'.repeat(30)}\n\r\nB\r\n`,
    [`overlong 31 "${'a'.repeat(20)}"`, 'line "B"'],
  ],
  ['CR at the limit', `${'a'.repeat(20)}\rb\r\nB\r\n`, [`overlong 22 "${'a'.repeat(20)}"`, 'line "B"']],
];

test('lines are the same in every chunking', () => {
  for (const [name, input, frames] of lineCases) {
    for (const chunkBytes of [1, 2, 3, 7, 4096]) {
      assert.deepEqual(framesOf(input, line, chunkBytes), frames, `${name} in chunks of ${chunkBytes}`);
    }
  }
});

test('a line that never ends is not kept', () => {
  const framer = new Framer();
  const chunk = Buffer.alloc(65_536, 'a');
  for (let i = 0; i < 64; i += 1) {
    framer.push(chunk);
    assert.equal(framer.next(line), undefined);
    assert.equal(framer.bufferedBytes, 0);
  }
  framer.push(Buffer.from('\r\nNOOP\r\n'));
  assert.equal(framer.next(line)?.kind, 'overlong');
  assert.equal(tell(framer.next(line) ?? assert.fail()), 'line "NOOP"');
});

test('octets come in pieces and leave what follows', () => {
  const framer = new Framer();
  framer.push(Buffer.from('abc'));
  assert.equal(tell(framer.next({ kind: 'octets', count: 5 }) ?? assert.fail()), 'octets "abc"');
  assert.equal(framer.next({ kind: 'octets', count: 2 }), undefined);
  framer.push(Buffer.from('deNOOP\r\n'));
  assert.equal(tell(framer.next({ kind: 'octets', count: 2 }) ?? assert.fail()), 'octets "de" last');
  assert.equal(tell(framer.next({ kind: 'octets', count: 0 }) ?? assert.fail()), 'octets "" last');
  assert.equal(tell(framer.next(line) ?? assert.fail()), 'line "NOOP"');
});

test('a frame stays what it was when more is pushed', () => {
  const framer = new Framer();
  framer.push(Buffer.from('A'));
  assert.equal(framer.next(line), undefined);
  framer.push(Buffer.from('B\r\nC'));
  const first = framer.next(line);
  for (let i = 0; i < 1000; i += 1) framer.push(Buffer.from('x'));
  assert.equal(tell(first ?? assert.fail()), 'line "AB"');
});

test('a body in one chunk is one frame and no copy', () => {
  const framer = new Framer();
  const chunk = Buffer.from('Subject: x\r\n\r\nbody\r\n.\r\nQUIT\r\n');
  framer.push(chunk);
  const frame = framer.next({ kind: 'data' });
  assert.ok(frame?.kind === 'data' && frame.last);
  assert.equal(frame.bytes.buffer, chunk.buffer);
  assert.equal(Buffer.from(frame.bytes).toString(), 'Subject: x\r\n\r\nbody\r\n');
  assert.equal(tell(framer.next(line) ?? assert.fail()), 'line "QUIT"');
});

test('a line after octets or a body is read from its first byte', () => {
  for (const want of [{ kind: 'octets', count: 5 }, { kind: 'data' }] as const) {
    const framer = new Framer();
    framer.push(Buffer.from('a line of some length\r\n'));
    assert.equal(framer.next({ kind: 'line', limitBytes: 100 })?.kind, 'line');
    framer.push(Buffer.from('NOOP, ABC'));
    assert.equal(framer.next({ kind: 'line', limitBytes: 100 }), undefined);
    framer.push(Buffer.from('\r\nx\r\n.\r\n'.slice(0, want.kind === 'data' ? 10 : 7)));
    assert.equal(framer.next({ kind: 'line', limitBytes: 100 })?.kind, 'line');
    assert.equal(framer.next(want)?.kind, want.kind);
    framer.push(Buffer.from('\nA\0\r\n'));
    assert.equal(tell(framer.next({ kind: 'line', limitBytes: 100 }) ?? assert.fail()), 'bare-lf "\\n"');
  }
});

test('who reads nothing behind a line that is too long is told before its end, and not one octet sooner', () => {
  const framer = new Framer();
  const want = { kind: 'line', limitBytes: 10, overlong: 'at-once' } as const;
  framer.push(Buffer.from('x'.repeat(11)));
  // The eleventh may yet be the first half of a CR LF.
  assert.equal(framer.next(want), undefined);
  framer.push(Buffer.from('x'));
  const frame = framer.next(want);
  assert.ok(frame?.kind === 'overlong');
  assert.equal(Buffer.from(frame.head).toString(), 'x'.repeat(10));
});

test('the rest is what was pushed and not given out', () => {
  const framer = new Framer();
  framer.push(Buffer.from('a\r\nb\r'));
  framer.next({ kind: 'line', limitBytes: 10 });
  assert.equal(Buffer.from(framer.takeRest()).toString(), 'b\r');
  assert.equal(framer.bufferedBytes, 0);
  framer.push(Buffer.from('\nc\r\n'));
  assert.equal(framer.next({ kind: 'line', limitBytes: 10 })?.kind, 'anomaly');
});
