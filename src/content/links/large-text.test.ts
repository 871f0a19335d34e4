import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { heldBounds, HeldRoom } from '../attachments/held-files.ts';
import { linkBounds } from './link-bounds.ts';
import { LinkRoom } from './link-room.ts';
import { MessageLinkReader } from './message-links.ts';

function read(pieces: Iterable<Uint8Array>) {
  const reader = new MessageLinkReader(new HeldRoom());
  for (const piece of pieces) reader.push(piece);
  reader.finish();
  reader.release();
  const { found, unread } = reader.result();
  return { hosts: found.map(({ host }) => host), unread };
}

const head = 'Content-Type: text/html\r\n\r\n';
const filler = (bytes: number): string => '<p>so many words</p>\r\n'.repeat(Math.ceil(bytes / 22));

test('P-27: what stands behind any size of text is found, and what lies across two windows', () => {
  for (const bytes of [600 * 1024])
    assert.deepEqual(read([Buffer.from(`${head}${filler(bytes)}<a href="//evil.com">`)]).hosts, ['evil.com']);
  for (let shift = 0; shift < 40; shift += 4) {
    const before = 'x '.repeat(linkBounds.windowBytes / 2 - 20).slice(shift);
    assert.deepEqual(
      read([Buffer.from(`${head}${before}<a href="http://evil.com/x">y</a>`)]).hosts,
      ['evil.com'],
      `${shift}`,
    );
  }
});

test('P-27: a link that holds white space is found whole across two windows', () => {
  const link = '<a\nhref="ht\ntp:/\t/ev\nil.com/">y</a>';
  for (let shift = 0; shift < link.length; shift += 1) {
    const before = 'x '.repeat(linkBounds.windowBytes).slice(0, linkBounds.windowBytes - shift);
    assert.deepEqual(read([Buffer.from(`${head}${before}${link}`)]).hosts, ['evil.com'], `${shift}`);
  }
});

test('P-27: words of two octets each are read across windows', () => {
  const header = 'Content-Type: text/plain; charset=utf-16le\r\nContent-Transfer-Encoding: base64\r\n\r\n';
  for (const shift of [0, 1, 2, 3]) {
    const text = `${'words '.repeat(linkBounds.windowBytes / 12 - 2)}${'x'.repeat(shift)} http://evil.com/ ${'words '.repeat(50_000)} http://worse.com/`;
    const message = header + Buffer.from(text, 'utf16le').toString('base64');
    assert.deepEqual(read([Buffer.from(message)]), { hosts: ['evil.com', 'worse.com'], unread: [] });
  }
});

test('S-09: of more text than is read the first and the last is, and the trace says so', () => {
  const text = `${head}<a href="//first.com">${filler(linkBounds.textBytesMax)}<a href="//middle.com">${filler(200_000)}<a href="//last.com">`;
  const { hosts, unread } = read([Buffer.from(text)]);
  assert.deepEqual(hosts.toSorted(), ['first.com', 'last.com']);
  assert.deepEqual(unread, ['part 1 (text/html): more text than is read; of the rest only the end was']);
});

test('S-09: a large text hides no other that comes between it and the last', () => {
  const large = `--b\r\nContent-Type: text/html\r\n\r\n${filler(linkBounds.textBytesMax)}\r\n`;
  const small = '--b\r\nContent-Type: text/html\r\n\r\n<a href="//evil.com">\r\n';
  const message = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${large}${small}${large}--b--\r\n`;
  assert.deepEqual(read([Buffer.from(message)]).hosts, ['evil.com']);
});

test('S-09: of more links than are told the first and the last are, by turns', () => {
  const links = Array.from({ length: 5000 }, (_, index) => `http://h${index}.com/`).join('\n');
  const { hosts, unread } = read([Buffer.from(`\r\n${links}`)]);
  assert.equal(hosts.length, linkBounds.hostsMax);
  assert.deepEqual(hosts.slice(0, 4), ['h0.com', 'h4999.com', 'h1.com', 'h4998.com']);
  assert.deepEqual(unread, ['more links than are told: the first and the last are']);
});

test('S-09: the same link ten thousand times hides none behind it', () => {
  const { hosts, unread } = read([Buffer.from(`\r\n${'http://a.com/ '.repeat(10_000)} http://b.com/`)]);
  assert.deepEqual(hosts, ['a.com', 'b.com']);
  assert.deepEqual(unread, []);
});

test('S-09: however large a message is, what is held of it is bounded', () => {
  const line = Buffer.from(`${Buffer.alloc(57, 'x').toString('base64')}\r\n`.repeat(1_000));
  const room = new HeldRoom();
  const reader = new MessageLinkReader(room);
  reader.push(
    Buffer.from('Content-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n'),
  );
  reader.push(Buffer.from(`${Buffer.from('%PDF-1.7').toString('base64')}\r\n`));
  const before = process.memoryUsage().arrayBuffers;
  for (let count = 0; count < 300; count += 1) reader.push(line);
  assert.ok(room.takenBytes <= heldBounds.messageBytesMax);
  assert.ok(process.memoryUsage().arrayBuffers - before < 8 * heldBounds.messageBytesMax);
  const [file] = reader.finish();
  assert.ok(file !== undefined && file.bytes.length <= heldBounds.messageBytesMax);
  assert.match(reader.result().unread.join(), /larger than what is looked into/);
  reader.release();
  assert.equal(room.takenBytes, 0);
});

test('S-09: messages of long links that do not end take less memory than they bring', () => {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const readers = Array.from({ length: 5 }, () => new MessageLinkReader(new HeldRoom()));
  collect();
  const before = process.memoryUsage().heapUsed;
  for (const [n, reader] of readers.entries()) {
    reader.push(Buffer.from('Subject: x\r\n\r\n'));
    for (let count = 0; count < 1_900; count += 1)
      reader.push(
        Buffer.from(`http://h${n}x${count}.com/${'x'.repeat(linkBounds.candidateCharsMax - 50)}\r\n`),
      );
  }
  collect();
  const each = (process.memoryUsage().heapUsed - before) / readers.length;
  assert.ok(each < 8 * linkBounds.keptCharsMax, `${each}`);
  const [reader] = readers;
  reader?.finish();
  const hosts = reader?.result().found.map(({ host }) => host) ?? [];
  assert.deepEqual(hosts.slice(0, 2), ['h0x0.com', 'h0x1899.com']);
});

const text = 'Content-Type: text/plain\r\n\r\n';

test('S-09: texts that are coming in have room together; where it is full each piece is read as it comes', () => {
  const roomBytes = 2 * 1024 * 1024;
  const shared = new LinkRoom(() => 0, roomBytes);
  const readers = Array.from({ length: 20 }, () => new MessageLinkReader(new HeldRoom(), { shared }));
  const piece = Buffer.from(filler(60_000));
  for (const reader of readers) {
    reader.push(Buffer.from(`${text}http://first.com/ `));
    for (let count = 0; count < 4; count += 1) reader.push(piece);
    assert.ok(shared.texts.takenBytes <= roomBytes);
  }
  assert.ok(shared.texts.takenBytes > roomBytes / 2);
  const last = readers.at(-1);
  last?.push(Buffer.from(' http://last.com/ '));
  last?.finish();
  const { found, unread } = last?.result() ?? assert.fail();
  assert.deepEqual(
    found.map(({ host }) => host),
    ['first.com', 'last.com'],
  );
  assert.deepEqual(unread, [
    'part 1 (text/plain): too many texts were coming in at that moment: it was read in pieces',
  ]);
  for (const reader of readers) reader.release();
  assert.equal(shared.texts.takenBytes, 0);
});

test('S-09: what waits for the end of a message holds room until it is over', () => {
  const shared = new LinkRoom();
  const reader = new MessageLinkReader(new HeldRoom(), { shared });
  const large = `--b\r\n\r\n${filler(linkBounds.textBytesMax)}\r\n`;
  reader.push(Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${large}${large}--b--\r\n`));
  reader.finish();
  assert.equal(Math.floor(shared.texts.takenBytes / linkBounds.windowBytes), 1);
  reader.release();
  assert.equal(shared.texts.takenBytes, 0);
});

test('S-09: a text for which there is no room takes nothing from the end of the one before it', () => {
  let nowMs = 0;
  const heard: string[] = [];
  const shared = new LinkRoom(() => nowMs, linkBounds.windowBytes);
  const reader = new MessageLinkReader(new HeldRoom(), {
    shared,
    heard: (link) => {
      heard.push(link.text);
      nowMs += linkBounds.messageMsMax + linkBounds.sharedMsMax;
    },
  });
  reader.push(Buffer.from('Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhttp://first.com/ '));
  reader.push(Buffer.from(`${filler(linkBounds.windowBytes)} http://end.com/\r\n--b\r\n\r\n`));
  reader.push(Buffer.from(`${filler(linkBounds.windowBytes)}\r\n--b--\r\n`));
  reader.finish();
  reader.release();
  assert.deepEqual(heard, ['http://first.com/', 'http://end.com/']);
  assert.deepEqual(reader.result().unread, [
    'part 1 (text/plain): no time was left to read it; of the rest only the end was',
    'part 2 (text/plain): too many texts were coming in at that moment: it was read in pieces',
    'part 2 (text/plain): no time was left to read it',
  ]);
});

/** Each link takes a millisecond; of them 50 are in a window. */
function slowly(shared: LinkRoom, passed: () => void) {
  let heard = 0;
  const reader = new MessageLinkReader(new HeldRoom(), {
    shared,
    heard: () => {
      heard += 1;
      passed();
    },
  });
  const part = `http://a.com/ ${'x '.repeat(linkBounds.windowBytes / 100 - 7)}`;
  return {
    text: () => {
      reader.push(Buffer.from(text));
      for (let count = 0; count < 1_000; count += 1) reader.push(Buffer.from(part));
      reader.finish();
      reader.release();
      return { heard, unread: reader.result().unread };
    },
    letter: () => {
      reader.push(Buffer.from(`${text}${part}`));
      reader.finish();
      reader.release();
      return { heard, unread: reader.result().unread };
    },
  };
}

test('S-09: a text that takes long is read for so long, and its end; nobody takes the time of a letter', () => {
  let nowMs = 0;
  const shared = new LinkRoom(() => nowMs);
  const passed = (): void => {
    nowMs += 1;
  };
  const late = ['part 1 (text/plain): no time was left to read it; of the rest only the end was'];
  const first = slowly(shared, passed).text();
  assert.deepEqual(first.unread, late);
  assert.ok(first.heard >= linkBounds.messageMsMax && first.heard < linkBounds.messageMsMax + 120);
  for (let count = 0; count < 20; count += 1) slowly(shared, passed).text();
  // What all share is used up: what each has for itself is left, and the window that goes beyond it.
  const poor = slowly(shared, passed).text();
  assert.deepEqual(poor.unread, late);
  assert.ok(poor.heard < linkBounds.ownMs + 120, `${poor.heard}`);
  assert.deepEqual(slowly(shared, passed).letter(), { heard: 1, unread: [] });
  nowMs += linkBounds.sharedMsMax / linkBounds.sharedPart;
  assert.equal(slowly(shared, passed).text().heard, first.heard);
});

test('S-09: what the headers of parts say of them is read in the time of the message', () => {
  let nowMs = 0;
  let heard = 0;
  const reader = new MessageLinkReader(new HeldRoom(), {
    shared: new LinkRoom(() => nowMs),
    heard: () => {
      heard += 1;
      nowMs += 1;
    },
  });
  const described = `--b\r\nContent-Description: ${'http://a.com/ '.repeat(60)}\r\n\r\nx\r\n`;
  reader.push(Buffer.from('Content-Type: multipart/mixed; boundary=b\r\n\r\n'));
  for (let count = 0; count < 900; count += 1) reader.push(Buffer.from(described));
  reader.finish();
  reader.release();
  assert.ok(heard >= linkBounds.messageMsMax && heard < linkBounds.messageMsMax + 120, `${heard}`);
  assert.match(reader.result().unread.join(), /no time was left to read its header/);
});

test('a part that never ends, and parts inside of parts without end, are told of', () => {
  const deep = Array.from(
    { length: 100 },
    (_, depth) => `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n`,
  ).join('');
  const { hosts, unread } = read([Buffer.from(`${deep}\r\nhttp://evil.com/`)]);
  assert.deepEqual(hosts, ['evil.com']);
  assert.match(unread.join(), /more parts, or deeper ones/);
});
