import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextRound } from 'node:timers/promises';
import type { ClosedReason, Frame, Next, ProtocolSession, Turn } from '#protocols/conversation.ts';
import type { ConnectionEvent } from './connection-event.ts';
import { Conversation } from './conversation.ts';
import { HandTimers } from './hand-timers.fixture.ts';
import { MemoryWire } from './memory-wire.ts';

const line: Next = { kind: 'line', limitBytes: 100, timeoutMs: 1000 };
const tls = { version: 'TLSv1.3', cipher: 'test' };

type Answer = (text: string, frame: Frame) => Turn | Promise<Turn>;

function say(text: string, next: Next = line): Turn {
  return { output: text === '' ? [] : [Buffer.from(text)], next };
}

class Fixture {
  readonly writes: string[] = [];
  readonly events: ConnectionEvent[] = [];
  readonly closed: ClosedReason[] = [];
  readonly timers = new HandTimers();
  readonly wire: MemoryWire;
  readonly conversation: Conversation;
  closedBy: string | undefined;
  overCount = 0;
  wake: () => void = () => undefined;

  constructor(answer: Answer) {
    this.wire = new MemoryWire({
      tls,
      received: (bytes) => this.writes.push(Buffer.from(bytes).toString('latin1')),
      closed: (how) => (this.closedBy = how),
    });
    const session: ProtocolSession = {
      open: () => say('hello\n'),
      frame: (frame) => answer(textOf(frame), frame),
      secured: () => say('secured\n'),
      closed: (reason) => {
        this.closed.push(reason);
      },
    };
    this.conversation = new Conversation({
      wire: this.wire,
      facts: {
        sessionId: 's1',
        listener: 'test',
        role: 'mx',
        client: '192.0.2.1',
        clientPort: 1,
        localAddress: '192.0.2.2',
        localPort: 25,
        tls: undefined,
        tlsMode: 'starttls',
        exempt: new Set(),
      },
      factory: (facts) => {
        this.wake = facts.wake;
        return session;
      },
      timers: this.timers,
      events: (event) => this.events.push(event),
      over: () => (this.overCount += 1),
    });
    this.conversation.open();
  }

  send(text: string): void {
    this.wire.send(Buffer.from(text, 'latin1'));
  }

  /** What was written since asked last, one item per write. */
  said(): string[] {
    return this.writes.splice(0);
  }
}

function textOf(frame: Frame): string {
  return frame.kind === 'line' ? Buffer.from(frame.bytes).toString('latin1') : frame.kind;
}

const echo: Answer = (text) => say(`${text}\n`);

test('a pipeline is answered in one write', () => {
  const at = new Fixture(echo);
  assert.deepEqual(at.said(), ['hello\n']);
  at.send('a\r\nb\r\nc\r\nd');
  assert.deepEqual(at.said(), ['a\nb\nc\n']);
  at.send('\r\n');
  assert.deepEqual(at.said(), ['d\n']);
});

test('a slow answer does not hold back what is ready, and the next command waits for it', async () => {
  let release: (turn: Turn) => void = () => undefined;
  const asked: string[] = [];
  const at = new Fixture((text) => {
    asked.push(text);
    if (text !== 'slow') return say(`${text}\n`);
    return new Promise((resolve) => {
      release = resolve;
    });
  });
  at.said();
  at.send('a\r\nslow\r\nb\r\n');
  assert.deepEqual(at.said(), []);
  await nextRound();
  assert.deepEqual(at.said(), ['a\n']);
  assert.deepEqual(asked, ['a', 'slow']);
  release(say('done\n'));
  await nextRound();
  assert.deepEqual(at.said(), ['done\nb\n']);
});

test('more than a row of commands is answered all the same', async () => {
  const at = new Fixture(echo);
  at.said();
  at.send('x\r\n'.repeat(1000));
  for (let i = 0; i < 20; i += 1) await nextRound();
  assert.equal(at.said().join(''), 'x\n'.repeat(1000));
});

test('commands in the clear behind STARTTLS close the connection (RFC 3207)', async () => {
  const at = new Fixture((text) => (text === 'tls' ? say('go\n', { kind: 'tls' }) : say(`${text}\n`)));
  at.said();
  at.send('a\r\ntls\r\nMAIL');
  await nextRound();
  assert.deepEqual(at.said(), ['a\n']);
  assert.deepEqual(at.closed, ['plaintext-after-starttls']);
  assert.equal(at.events[0]?.kind, 'plaintext-after-starttls');
  assert.equal(at.closedBy, 'ended');
});

test('clear text that comes while STARTTLS waits for its turn is not taken for encrypted (RFC 3207 §6)', async () => {
  // As the last of a row of commands, after which the others get theirs …
  const row = new Fixture((text) => (text === 'tls' ? say('go\n', { kind: 'tls' }) : say(`${text}\n`)));
  row.send(`${'x\r\n'.repeat(127)}tls\r\n`);
  row.send('MAIL\r\n');
  // … and behind an answer that the peer has yet to read.
  const slow = new Fixture((text) =>
    text === 'tls' ? say('go'.repeat(50_000), { kind: 'tls' }) : say(text),
  );
  slow.wire.peerReads(false);
  slow.send('tls\r\n');
  slow.send('MAIL\r\n');
  slow.wire.peerReads(true);
  for (const at of [row, slow]) {
    at.wire.handshake();
    await nextRound();
    await nextRound();
    assert.ok(!at.said().join('').includes('MAIL'));
    assert.deepEqual(at.closed, ['plaintext-after-starttls']);
  }
});

test('STARTTLS with nothing behind it is an upgrade', async () => {
  const at = new Fixture((text) => (text === 'tls' ? say('go\n', { kind: 'tls' }) : say(`${text}\n`)));
  at.send('tls\r\n');
  at.wire.handshake();
  await nextRound();
  at.send('b\r\n');
  assert.deepEqual(at.said(), ['hello\n', 'go\n', 'secured\n', 'b\n']);
});

test('clear text in the place of a handshake ends the connection', async () => {
  const at = new Fixture((text) => (text === 'tls' ? say('go\n', { kind: 'tls' }) : say(`${text}\n`)));
  at.send('tls\r\n');
  at.send('MAIL\r\n');
  await nextRound();
  assert.deepEqual(at.said(), ['hello\n', 'go\n']);
  assert.deepEqual([at.closed, at.closedBy, at.events[0]?.kind], [['tls-failed'], 'destroyed', 'tls-failed']);
});

test('a peer that is silent hears a goodbye', () => {
  const at = new Fixture((text) => (text === 'timeout' ? say('bye\n') : say(`${text}\n`)));
  at.timers.pass(900);
  at.send('a\r\n');
  at.timers.pass(900);
  assert.deepEqual(at.said(), ['hello\n', 'a\n']);
  at.timers.pass(200);
  assert.deepEqual(at.said(), ['bye\n']);
  assert.deepEqual(at.closed, ['timeout']);
});

test('half a line is no sign of life', () => {
  const at = new Fixture(echo);
  for (let i = 0; i < 5; i += 1) {
    at.send('x');
    at.timers.pass(250);
  }
  assert.deepEqual(at.closed, ['timeout']);
});

test('a wake makes one frame, and does not keep a silent peer alive', async () => {
  const at = new Fixture((text) => (text === 'timeout' ? say('bye\n') : say(`${text}\n`)));
  at.said();
  for (let i = 0; i < 4; i += 1) {
    at.wake();
    at.wake();
    await nextRound();
    assert.deepEqual(at.said(), ['wake\n']);
    at.timers.pass(240);
  }
  at.timers.pass(100);
  assert.deepEqual(at.closed, ['timeout']);
});

test('a wake comes between lines, never into a literal', async () => {
  const at = new Fixture((text, frame) => {
    if (text === 'lit') return say('', { kind: 'octets', count: 3, timeoutMs: 1000 });
    if (frame.kind === 'octets' && !frame.last) {
      return say('', { kind: 'octets', count: 3 - frame.bytes.length, timeoutMs: 1000 });
    }
    return say(`${text}\n`);
  });
  at.said();
  at.send('lit\r\na');
  at.wake();
  await nextRound();
  assert.deepEqual(at.said(), []);
  at.send('bc');
  await nextRound();
  assert.equal(at.said().join(''), 'octets\nwake\n');
});

test('a pause holds the answer and what comes meanwhile', () => {
  const at = new Fixture((text) =>
    text === 'login' ? say('no\n', { kind: 'pause', ms: 3000, next: line }) : say(`${text}\n`),
  );
  at.said();
  at.send('a\r\nlogin\r\nb\r\n');
  assert.deepEqual(at.said(), ['a\n']);
  at.timers.pass(2900);
  assert.deepEqual(at.said(), []);
  at.timers.pass(200);
  assert.deepEqual(at.said(), ['no\nb\n']);
});

test('a row of commands leaves the others their turn, however they are answered', async () => {
  for (const slow of [false, true]) {
    let answered = 0;
    const at = new Fixture((text) => {
      answered += 1;
      return slow ? Promise.resolve(say(`${text}\n`)) : say(`${text}\n`);
    });
    at.send('a\r\n'.repeat(1000));
    let before = 0;
    for (let round = 0; round < 20; round += 1) {
      assert.ok(answered - before <= 128);
      before = answered;
      await nextRound();
    }
    assert.equal(answered, 1000);
  }
});

test('an output is made only as fast as the peer reads', async () => {
  let made = 0;
  async function* flood(): AsyncIterable<Uint8Array> {
    for (let i = 0; i < 1000; i += 1) {
      made += 1;
      yield Buffer.alloc(10_000, 'x');
    }
  }
  const at = new Fixture((text) => (text === 'flood' ? { output: flood(), next: line } : say(`${text}\n`)));
  at.said();
  at.wire.peerReads(false);
  at.send('flood\r\nb\r\n');
  for (let i = 0; i < 20; i += 1) await nextRound();
  assert.ok(made < 30, `${made} made for a peer that does not read`);
  assert.ok(at.wire.unreadBytes <= 1024 * 1024);
  at.wire.peerReads(true);
  for (let i = 0; i < 300; i += 1) await nextRound();
  assert.equal(made, 1000);
  assert.equal(at.said().join('').length, 10_000_000 + 2);
});

test('an output that takes longer than a command may is not cut off', async () => {
  let more: () => void = () => undefined;
  async function* slow(): AsyncIterable<Uint8Array> {
    yield Buffer.from('first\n');
    await new Promise<void>((resolve) => {
      more = resolve;
    });
    yield Buffer.from('last\n');
  }
  const at = new Fixture(() => ({ output: slow(), next: line }));
  at.said();
  at.send('x\r\n');
  await nextRound();
  await nextRound();
  at.timers.pass(5000);
  more();
  await nextRound();
  await nextRound();
  assert.deepEqual(at.said(), ['first\n', 'last\n']);
  assert.deepEqual(at.closed, []);
});

test('a peer that never reads is left', async () => {
  const at = new Fixture((text) => say(`${text.repeat(20_000)}\n`));
  at.wire.peerReads(false);
  at.send('12345\r\n'.repeat(3));
  await nextRound();
  at.timers.pass(6 * 60_000);
  assert.deepEqual(at.closed, ['timeout']);
  assert.equal(at.closedBy, 'destroyed');
});

test('a lost peer stops an output, and the session is told once, last', async () => {
  let freed = false;
  async function* endless(): AsyncIterable<Uint8Array> {
    try {
      for (;;) yield Buffer.alloc(10_000);
    } finally {
      freed = true;
    }
  }
  const at = new Fixture(() => ({ output: endless(), next: line }));
  at.wire.peerReads(false);
  at.send('x\r\n');
  for (let i = 0; i < 10; i += 1) await nextRound();
  at.wire.reset();
  await nextRound();
  assert.equal(freed, true);
  assert.deepEqual(at.closed, ['reset']);
  assert.equal(at.overCount, 1);
});

test('a peer lost during a call: the call ends first, then the session is told', async () => {
  const order: string[] = [];
  let release: () => void = () => undefined;
  const at = new Fixture(
    () =>
      new Promise<Turn>((resolve) => {
        release = () => {
          order.push('answered');
          resolve(say('x\n'));
        };
      }),
  );
  at.send('x\r\n');
  at.wire.reset();
  assert.deepEqual(at.closed, []);
  release();
  await nextRound();
  assert.deepEqual([order, at.closed, at.overCount], [['answered'], ['reset'], 1]);
});

test('what was opened for an output that nobody reads any more is closed', async () => {
  let release: (turn: Turn) => void = () => undefined;
  const at = new Fixture(
    () =>
      new Promise((resolve) => {
        release = resolve;
      }),
  );
  at.send('a\r\n');
  at.wire.reset();
  let open = true;
  // As a message is read: opened before the answer is begun, closed by the generator's end.
  async function* message(): AsyncGenerator<Uint8Array> {
    try {
      yield Buffer.from('+OK\n');
    } finally {
      open = false;
      assert.deepEqual(at.closed, [], 'the session is told last');
    }
  }
  release({ output: message(), next: line });
  await nextRound();
  assert.equal(open, false);
  assert.deepEqual([at.closed, at.overCount], [['reset'], 1]);
  assert.deepEqual(at.events, []);
});

test('an exception of ours is caught once and closes this connection only', async () => {
  for (const answer of [
    () => {
      throw new Error('ours');
    },
    () => Promise.reject(new Error('ours')),
  ]) {
    const at = new Fixture(answer);
    at.send('x\r\n');
    await nextRound();
    assert.deepEqual(at.closed, ['bug']);
    assert.deepEqual(
      at.events.map(({ kind }) => kind),
      ['bug'],
    );
    assert.equal(at.closedBy, 'ended');
  }
});

test('a peer that has said everything is answered before the end', () => {
  const at = new Fixture(echo);
  at.send('a\r\nb\r\nhalf');
  at.wire.finish();
  assert.deepEqual(at.said(), ['hello\n', 'a\nb\n']);
  assert.deepEqual(at.closed, ['peer']);
});

test('draining says goodbye between commands, not into a body', () => {
  const at = new Fixture((text, frame) => {
    if (text === 'body') return say('go\n', { kind: 'data', timeoutMs: 1000 });
    if (frame.kind === 'data') return frame.last ? say('kept\n') : say('', { kind: 'data', timeoutMs: 1000 });
    return say(`${text}\n`);
  });
  at.send('body\r\n');
  at.send('text\r\n');
  at.conversation.drain();
  assert.deepEqual(at.closed, []);
  at.send('.\r\n');
  assert.deepEqual(at.said(), ['hello\n', 'go\n', 'kept\ndrain\n']);
  assert.deepEqual(at.closed, ['shutdown']);
});

/** Takes a DATA body after `body`, and a line that goes on with something after `begin`. */
const taking: Answer = (text, frame) => {
  if (text === 'body' || (frame.kind === 'data' && !frame.last)) return say('', longData);
  if (frame.kind === 'data') return say('kept\n');
  return say(`${text}\n`, text === 'begin' ? { ...line, unfinished: true } : line);
};
const longData: Next = { kind: 'data', timeoutMs: 3 * 60_000 };

test('what has begun is let end while draining, and interrupted with a goodbye when the time is over', () => {
  const ending = new Fixture(taking);
  ending.send('begin\r\n');
  ending.conversation.drain();
  ending.send('end\r\n');
  assert.equal(ending.said().join(''), 'hello\nbegin\nend\ndrain\n');
  const stuck = new Fixture(taking);
  stuck.send('body\r\ntext\r\n');
  stuck.conversation.drain();
  assert.deepEqual(stuck.closed, []);
  stuck.conversation.drainNow();
  assert.equal(stuck.said().join(''), 'hello\ndrain\n');
  assert.deepEqual([stuck.closed, stuck.closedBy], [['shutdown'], 'ended']);
});

test('whoever may no longer be in hears so at once, in a body too; an output is cut off', async () => {
  for (const before of ['', 'begin\r\n', 'body\r\ntext\r\n']) {
    const at = new Fixture(taking);
    at.send(before);
    at.conversation.revoke();
    assert.match(at.said().join(''), /revoked\n$/);
    assert.deepEqual(at.closed, ['revoked']);
  }
  const reading = new Fixture(() => ({ output: endlessOutput(), next: line }));
  reading.wire.peerReads(false);
  reading.send('x\r\n');
  for (let i = 0; i < 10; i += 1) await nextRound();
  reading.conversation.revoke();
  await nextRound();
  assert.deepEqual([reading.closed, reading.closedBy], [['revoked'], 'destroyed']);
});

async function* endlessOutput(): AsyncIterable<Uint8Array> {
  for (;;) yield Buffer.alloc(10_000);
}

test('S-09: a body that hardly comes is given up, one that comes slowly is taken', () => {
  const dripping = new Fixture(taking);
  dripping.send('body\r\n');
  for (let i = 0; i < 10 && dripping.closed.length === 0; i += 1) {
    dripping.send('xy');
    dripping.timers.pass(60_000);
  }
  assert.deepEqual(dripping.closed, ['timeout']);
  assert.ok(dripping.timers.now() < 5 * 60_000);
  const slow = new Fixture(taking);
  slow.send('body\r\n');
  for (let i = 0; i < 100; i += 1) {
    slow.send(`${'x'.repeat(300)}\r\n`);
    slow.timers.pass(60_000);
  }
  slow.send('.\r\n');
  assert.match(slow.said().join(''), /kept/);
  // The next body begins anew.
  slow.timers.pass(900);
  slow.send('body\r\n');
  slow.timers.pass(2 * 60_000);
  assert.deepEqual(slow.closed, []);
});

test('a browser sent to a mail port is turned away (S-08)', () => {
  for (const first of [
    'POST / HTTP/1.1\r\nMAIL FROM:<a@b>\r\n',
    'PRI * HTTP/2.0\r\n',
    `GET /${'a'.repeat(5000)} HTTP/1.1\r\nx\r\n`,
  ]) {
    const at = new Fixture(echo);
    at.send(first);
    assert.deepEqual(at.said(), ['hello\n']);
    assert.deepEqual(at.closed, ['session']);
    assert.equal(at.events[0]?.kind, 'wrong-protocol');
  }
});

test('who speaks in a pause that is not its turn hears the other answer (P-32)', () => {
  for (const early of [false, true]) {
    const fixture = new Fixture((text) =>
      text === 'x'
        ? say('greeting\n', {
            kind: 'pause',
            ms: 1000,
            next: line,
            early: () => say('early\n', { kind: 'close' }),
          })
        : say(`${text}\n`),
    );
    fixture.wire.send(Buffer.from('x\r\n'));
    if (early) fixture.wire.send(Buffer.from('E'));
    fixture.timers.pass(999);
    assert.equal(fixture.writes.join(''), 'hello\n');
    fixture.timers.pass(1);
    assert.equal(fixture.writes.join(''), early ? 'hello\nearly\n' : 'hello\ngreeting\n');
    assert.deepEqual(fixture.closed, early ? ['session'] : []);
  }
});

test('a connection without a word is told of, one with a word is not (I-87)', () => {
  for (const speaks of [false, true]) {
    const fixture = new Fixture((text) => say(`${text}\n`));
    if (speaks) fixture.wire.send(Buffer.from('x\r\n'));
    fixture.wire.reset();
    assert.deepEqual(
      fixture.events.map(({ kind }) => kind),
      speaks ? [] : ['silent'],
    );
  }
});
