import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressKey, formatAddress, parseAddress, splitSubaddress } from './address.ts';
import { domainToUnicode, parseDomain } from './domain.ts';

function read(text: string, smtpUtf8 = false): string {
  const parsed = parseAddress(text, { smtpUtf8 });
  return parsed.ok ? formatAddress(parsed.value) : `! ${parsed.error}`;
}

const cases: readonly (readonly [string, string])[] = [
  ['User@Example.TEST', 'User@example.test'],
  ['"user"@example.test', 'user@example.test'],
  ['"a b"@example.test', '"a b"@example.test'],
  [String.raw`"a\"b"@example.test`, String.raw`"a\"b"@example.test`],
  ['""@example.test', '""@example.test'],
  ['@a.test,@b.test:user@example.test', 'user@example.test'],
  ['@a.test:', '! incomplete'],
  ['user@[192.0.2.1]', 'user@[192.0.2.1]'],
  ['user@[192.0.2.01]', '! literal'],
  ['user@[IPV6:2001:DB8:0:0::1]', 'user@[IPv6:2001:db8::1]'],
  ['user@[tag:content]', '! literal'],
  ['user@example.test.', '! syntax'],
  ['user@exa_mple.test', '! syntax'],
  ['user', '! incomplete'],
  ['', '! incomplete'],
  ['user@', '! incomplete'],
  ['jörg@example.test', '! non-ascii'],
  [`${'a'.repeat(64)}@example.test`, `${'a'.repeat(64)}@example.test`],
  [`${'a'.repeat(65)}@example.test`, '! local-too-long'],
  ['user@xn--a.test', '! idna'],
  ['user\r\n@example.test', '! syntax'],
  ['user@example.test\r\nRCPT', '! syntax'],
];

for (const [text, expected] of cases) {
  test(`address ${JSON.stringify(text.slice(0, 40))}`, () => assert.equal(read(text), expected));
}

test('with SMTPUTF8 the local part is NFC and the domain becomes A-labels', () => {
  assert.equal(read('jo\u0308rg@Bücher.test', true), 'jörg@xn--bcher-kva.test');
  assert.equal(read('a\u0085b@example.test', true), '! syntax');
  assert.equal(read(`${'ö'.repeat(33)}@example.test`, true), '! local-too-long');
});

test('two spellings of one mailbox have one key', () => {
  const key = (text: string): string => {
    const parsed = parseAddress(text, { smtpUtf8: true });
    assert.ok(parsed.ok);
    return addressKey(parsed.value);
  };
  assert.equal(key('"Jo\u0308RG"@BÜCHER.test'), key('jörg@xn--bcher-kva.test'));
  const domain = parseDomain('example.test');
  assert.ok(domain.ok);
  assert.equal(addressKey({ local: 'jo\u0308rg', domain: domain.value }), key('JöRG@example.test'));
  assert.equal(key('JÖRG@example.test'), key('jörg@example.test'));
  assert.notEqual(key('a@example.test'), key('a@sub.example.test'));
});

test('a sub-address begins at the first plus', () => {
  assert.deepEqual(splitSubaddress('user+a+b'), { user: 'user', detail: 'a+b' });
  assert.deepEqual(splitSubaddress('+user'), { user: '+user', detail: undefined });
});

test('domains: bounds, digits, U-labels', () => {
  assert.equal(parseDomain('example.123').ok, false);
  assert.equal(parseDomain('bücher.test').ok, false);
  assert.equal(parseDomain(`${'a'.repeat(63)}.test`).ok, true);
  assert.equal(parseDomain(`${'a'.repeat(64)}.test`).ok, false);
  assert.equal(parseDomain(`${'a.'.repeat(126)}b`).ok, true);
  assert.equal(parseDomain(`${'a.'.repeat(126)}bb`).ok, false);
  const domain = parseDomain('BÜCHER.test', { allowUnicode: true });
  assert.ok(domain.ok);
  assert.equal(domainToUnicode(domain.value), 'bücher.test');
});
