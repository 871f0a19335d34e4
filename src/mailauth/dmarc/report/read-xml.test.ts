import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readXml, xmlBounds } from './read-xml.ts';

function read(text: string | Buffer) {
  return readXml(typeof text === 'string' ? Buffer.from(text) : text);
}

function textOf(text: string | Buffer): string {
  const found = read(text);
  assert.ok(found.ok, found.ok ? '' : found.error);
  return found.value.text;
}

function refused(text: string | Buffer): string {
  const found = read(text);
  assert.ok(!found.ok, JSON.stringify(found));
  return found.error;
}

test('elements, text, CDATA, the five entities and characters by number', () => {
  assert.equal(textOf('\ufeff<a> x &amp;&lt;&gt;&quot;&apos;&#65;&#x42; </a>'), `x &<>"'AB`);
  assert.equal(textOf('<a>1<![CDATA[<&]]>2<!-- & < --><?go & ?></a>'), '1<&2');
  assert.equal(
    textOf('<?xml version="1.0" encoding="ISO-8859-1"?><a>\u00fc</a>'.replace('\u00fc', 'u')),
    'u',
  );
  const latin = Buffer.from('<?xml version="1.0" encoding="iso-8859-1"?><a>\u00fc</a>', 'latin1');
  assert.equal(textOf(latin), '\u00fc');
  const nested = read(`<n:a xmlns:n="urn:x" b='1'><n:b/><c d = "e" /></n:a >`);
  assert.deepEqual(nested.ok && nested.value.children.map(({ name }) => name), ['b', 'c']);
});

const wrong: readonly (readonly [string, RegExp])[] = [
  ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', /document type/],
  ['<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', /document type/],
  ['<a><!ENTITY x "y"></a>', /document type/],
  ['<a>&x;</a>', /entity/],
  ['<a>&amp</a>', /entity/],
  ['<a b="&x;"/>', /entity/],
  ['<a>&#0;</a>', /entity/],
  ['<a>&#xD800;</a>', /entity/],
  ['<a>&#x110000;</a>', /entity/],
  ['<a>&constructor;</a>', /entity/],
  ['', /no element/],
  ['hello', /outside/],
  ['<a/>b', /outside/],
  ['<a/><b/>', /more than one/],
  ['<a>', /not closed/],
  ['<a></b>', /closes nothing/],
  ['</a>', /closes nothing/],
  ['<a b/>', /"="/],
  ['<a b=c/>', /quotes/],
  ['<a b="<"/>', /tag/],
  ['<a b="1" b="2"/>', /twice/],
  ['<a b="1"c="2"/>', /apart/],
  ['<a', /"&gt;"|">"/],
  ['<a b="', /no end/],
  ['<>', /no name/],
  ['<1/>', /no name/],
  ['<a><!-- </a>', /no end/],
  ['<a><![CDATA[ </a>', /no end/],
  ['<a>\u0000</a>', /does not have/],
  ['<?xml version="1.0" encoding="utf-7"?><a/>', /character set/],
];

test('S-09: what is not well formed, or asks for more than is read, is refused in words', () => {
  for (const [text, why] of wrong) assert.match(refused(text), why, text);
  assert.match(refused(Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0xfe])), /octets/);
  assert.match(refused(Buffer.from('<a/>', 'utf16le')), /does not have/);
});

test('S-09: depth, number, names and size have an end', () => {
  const { depthMax, elementsMax, nameCharactersMax, attributesMax, bytesMax } = xmlBounds;
  assert.ok(read('<a>'.repeat(depthMax) + '</a>'.repeat(depthMax)).ok);
  assert.match(refused('<a>'.repeat(depthMax + 1)), /deeply/);
  assert.match(refused('<a>'.repeat(1_000_000)), /deeply/);
  assert.match(refused(`<a>${'<b/>'.repeat(elementsMax)}</a>`), /too many/);
  assert.match(refused(`<${'a'.repeat(nameCharactersMax + 1)}/>`), /too long/);
  const attributes = Array.from({ length: attributesMax + 1 }, (_, at) => ` a${at}="1"`).join('');
  assert.match(refused(`<a${attributes}/>`), /too many/);
  assert.match(refused(Buffer.alloc(bytesMax + 1, 'a')), /larger/);
});
