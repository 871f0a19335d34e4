import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseClientAddress } from '#base/client-address.ts';
import { registrableHost } from '#mail/public-suffix.ts';
import { HeldRoom } from '../attachments/held-files.ts';
import { linkBounds } from './link-bounds.ts';
import { messageLinks } from './message-links.fixture.ts';
import { MessageLinkReader } from './message-links.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);

function hostsOf(text: string): readonly string[] {
  return messageLinks(Buffer.from(text), new HeldRoom()).found.map(({ host }) => host);
}

/** What links, markup and mail are made of. */
const pieces = fc.constantFrom(
  'http://',
  'hxxp://',
  'https:\\\\',
  'http[:]//',
  '//',
  'www.',
  'evil.com',
  'bücher.de',
  '[.]',
  '(dot)',
  '@',
  ':',
  '%2e',
  '%',
  '203.0.113.5',
  '0x7f',
  '[2001:db8::1]',
  '<a href=',
  '<a href="',
  "'",
  '"',
  '>',
  '</a>',
  '&#46;',
  '&#',
  ' ',
  '\r\n',
  '\r\n\r\n',
  '\t',
  '\0',
  '\ud800',
  '=\r\n',
  '=?utf-8?q?http=3A//x.com?=',
  'Content-Type: text/html\r\n',
  'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n',
  '--b\r\n',
  'Content-Transfer-Encoding: base64\r\n',
);
const anything = fc.oneof(
  fc.array(fc.oneof(pieces, fc.string({ maxLength: 8 })), { maxLength: 40 }).map((all) => all.join('')),
  fc.string({ unit: 'binary', maxLength: 300 }),
);

test('whatever a message holds, links are hosts that a list can be asked for, each once, and not too many', () => {
  fc.assert(
    fc.property(anything, (text) => {
      const hosts = hostsOf(text);
      assert.ok(hosts.length <= linkBounds.hostsMax);
      assert.equal(new Set(hosts).size, hosts.length);
      for (const host of hosts)
        assert.ok(parseClientAddress(host) === host || registrableHost(host) === host, host);
    }),
    { numRuns },
  );
});

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,10}$/);
const domain = label.map((name) => `${name}-x.com`);
const around = fc.constantFrom(
  (url: string) => `see ${url} now`,
  (url: string) => `<a href="${url}">x</a>`,
  (url: string) => `<p>(${url})</p>`,
  (url: string) => `<img src='${url}'>`,
  (url: string) => `${url},\r\nand more`,
);
const bent = fc.constantFrom(
  (host: string) => `http://${host}/`,
  (host: string) => `hxxp://${host.replace('.', '[.]')}/x`,
  (host: string) => `https://user:pw@${host}:8443/?q`,
  (host: string) => `HTTP://${host.toUpperCase()}./`,
  (host: string) => `http:\\\\${host}\\x`,
  (host: string) => `http://sub.deep.${host}#f`,
);

test('a link is found whatever stands around it and however it is bent', () => {
  fc.assert(
    fc.property(domain, bent, around, (host, bend, wrap) => {
      const message = `Content-Type: text/html\r\n\r\n${wrap(bend(host))}`;
      assert.ok(hostsOf(message).includes(host));
    }),
    { numRuns },
  );
});

test('whatever a message holds, and wherever it is cut, the links are the same', () => {
  fc.assert(
    fc.property(
      anything,
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 }),
      (text, sizes) => {
        const bytes = Buffer.from(text);
        const reader = new MessageLinkReader(new HeldRoom());
        for (let at = 0, index = 0; at < bytes.length; index += 1) {
          const size = sizes[index % sizes.length] ?? 1;
          reader.push(Buffer.from(bytes.subarray(at, at + size)));
          at += size;
        }
        reader.finish();
        reader.release();
        assert.deepEqual(reader.result(), messageLinks(bytes, new HeldRoom()));
      },
    ),
    { numRuns: Math.ceil(numRuns / 2) },
  );
});
