import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeldRoom } from '../attachments/held-files.ts';
import { linkBounds } from './link-bounds.ts';
import { messageLinks } from './message-links.fixture.ts';

function linksOf(message: string) {
  const { found, unread } = messageLinks(Buffer.from(message.replaceAll('\n', '\r\n')), new HeldRoom());
  return { hosts: found.map(({ host }) => host), unread };
}

const text = (body: string) => linksOf(`Content-Type: text/plain; charset=utf-8\n\n${body}\n`).hosts;
const html = (body: string) => linksOf(`Content-Type: text/html; charset=utf-8\n\n${body}\n`).hosts;

test('P-27: links in words, however they are written', () => {
  for (const [written, hosts] of [
    ['see http://www.evil.com/path', ['evil.com']],
    ['see https://a.b.evil.co.uk:8443/x?y#z.', ['evil.co.uk']],
    ['(http://evil.com)', ['evil.com']],
    ['HTTP://EVIL.COM', ['evil.com']],
    ['hxxp://evil.com and hxxps://worse.com', ['evil.com', 'worse.com']],
    ['hxxps[:]//evil[.]com/a', ['evil.com']],
    ['http://evil(dot)com', ['evil.com']],
    ['http://bank.com@evil.com/', ['evil.com']],
    ['http://bank.com:pw@evil.com/', ['evil.com']],
    ['http:\\\\evil.com\\x', ['evil.com']],
    ['http:/evil.com', ['evil.com']],
    ['http://ev%69l.com/', ['evil.com']],
    ['http://evil%2ecom/', ['evil.com']],
    ['http://evil。com/', ['evil.com']],
    ['http://bücher.de/', ['xn--bcher-kva.de']],
    ['http://xn--bcher-kva.de/', ['xn--bcher-kva.de']],
    ['http://ｅｖｉｌ.com/', ['evil.com']],
    ['http://evil.com./', ['evil.com']],
    ['http://203.0.113.5/x', ['203.0.113.5']],
    ['http://3405803781/', ['203.0.113.5']],
    ['http://0xcb007105/', ['203.0.113.5']],
    ['http://0313.0.0161.05/', ['203.0.113.5']],
    ['http://[2001:db8::1]/', ['2001:db8::1']],
    ['http://[::ffff:203.0.113.5]/', ['203.0.113.5']],
    ['www.evil.com/x', ['evil.com']],
    ['go to evil.com now', ['evil.com']],
    ['evil.com/login?x=1', ['evil.com']],
    ['two.http://evil.com/http://worse.com/', ['evil.com', 'worse.com']],
    ['https://redirect.com/?url=https%3A%2F%2Fevil.com%2Fx', ['redirect.com', 'evil.com']],
    ['https://redirect.com/go/http://evil.com/', ['redirect.com', 'evil.com']],
    ['https://shop.github.io/', ['shop.github.io']],
    ['write to a@evil.com', []],
    ['mailto:a@evil.com', ['evil.com']],
    ['version 1.2.3 of 1.12.2025, e.g. at the.end, http://', []],
    ['ping 203.0.113.5 and 203.0.113.5:8080/x', ['203.0.113.5']],
    ['http://localhost/ http://intern/ http://x.notatld/', []],
    ['javascript:alert(1)', []],
  ] as const)
    assert.deepEqual(text(written), hosts, written);
});

test('P-27: links of HTML, what can be clicked first', () => {
  for (const [written, hosts] of [
    ['<a href="http://evil.com">bank.com</a>', ['evil.com', 'bank.com']],
    ["<a href='http://evil.com'>x</a>", ['evil.com']],
    ['<a href=http://evil.com>x</a>', ['evil.com']],
    ['<A HREF = "http://evil.com">x</A>', ['evil.com']],
    ['<a\nhref="ht\ntp://ev\til.com">x</a>', ['evil.com']],
    ['<a href="//evil.com/x">x</a>', ['evil.com']],
    ['<a href="&#104;ttp://evil&#46;com">x</a>', ['evil.com']],
    ['<a/href="http://evil.com">x</a>', ['evil.com']],
    ['<img src="https://track.evil.com/1.gif">', ['evil.com']],
    ['<form action="https://evil.com/f"></form>', ['evil.com']],
    ['<meta http-equiv=refresh content="0; url=http://evil.com/">', ['evil.com']],
    ['<body background="http://evil.com/b.png">', ['evil.com']],
    ['<style>a { background: url(http://evil.com/b.png) }</style>', ['evil.com']],
    ['visit ev<b></b>il.com', ['evil.com']],
    ['<!-- http://hidden.com -->x', ['hidden.com']],
    ['<a href="/relative">x</a>', []],
    ['<a href="#top">x</a>', []],
    ['<a href="mailto:a@evil.com">x</a>', ['evil.com']],
    ['<a href="http://evil.com', ['evil.com']],
  ] as const)
    assert.deepEqual(html(written), hosts, written);
});

test('P-27: header fields, encoded parts, attachments and messages inside', () => {
  const inside = Buffer.from('<a href="http://fourth.com">x</a>').toString('base64');
  const { hosts, unread } = linksOf(`Received: from x (http://not-this.com)
Subject: =?utf-8?q?see_http=3A//first.com?=
List-Unsubscribe: <https://second.com/u>
Message-ID: <a@http://nor-this.com>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain
Content-Transfer-Encoding: quoted-printable

http://thi=
rd.com/
--b
Content-Type: text/html
Content-Disposition: attachment; filename=a.html
Content-Transfer-Encoding: base64

${inside}
--b
Content-Type: message/rfc822

Subject: http://fifth.com

<a href=http://sixth.com>
--b
Content-Type: application/octet-stream

http://nobody-reads.com
--b--
`);
  assert.deepEqual(hosts.toSorted(), [
    'fifth.com',
    'first.com',
    'fourth.com',
    'second.com',
    'sixth.com',
    'third.com',
  ]);
  assert.deepEqual(unread, []);
});

test('S-09: however many links there are, the work is bounded and what is cut is told', () => {
  const many = text(Array.from({ length: 5000 }, (_, index) => `http://host${index}.com/`).join('\n'));
  assert.equal(many.length, linkBounds.hostsMax);
});

test('hostile texts take no longer than their length', () => {
  for (const piece of [
    '<a href="',
    "<a href='",
    'http://',
    'hxxp[:]//',
    'a.',
    '%',
    '<',
    '&#',
    '[dot]',
    ' href=',
    'http://a.com/?http://',
    '\t',
    '=?utf-8?q?',
    '.,;:!?)',
    'url(',
    '@import "',
    'mailto:',
    'a@',
    '<a ',
    '= ',
    'xmlns="http://',
    'aHR0cDov',
    '例',
    '。a',
    '<http:',
    '?u=a.b/',
    '\\68 ',
    '\\\\a.b',
    'data:,<a href=data:,',
  ]) {
    const start = process.cpuUsage();
    html(piece.repeat(Math.floor(80_000 / piece.length)));
    text(piece.repeat(Math.floor(80_000 / piece.length)));
    const ms = process.cpuUsage(start).user / 1000;
    assert.ok(ms < 1000, `${JSON.stringify(piece)} took ${Math.round(ms)} ms`);
  }
});
