import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDomain } from '#mail/domain.ts';
import { OwnLookAlikes } from './own-look-alikes.ts';

function looksLike(looks: OwnLookAlikes, text: string): string | undefined {
  const domain = parseDomain(text, { allowUnicode: true });
  assert.ok(domain.ok, text);
  return looks.of(domain.value);
}

test('a domain that comes or goes counts at once', () => {
  let names: ReadonlySet<string> = new Set();
  const looks = new OwnLookAlikes({ ownDomains: () => names });
  assert.equal(looksLike(looks, 'examp1e.org'), undefined);
  names = new Set(['example.org']);
  assert.equal(looksLike(looks, 'examp1e.org'), 'example.org');
  names = new Set(['example.org', 'examp1e.org']);
  assert.equal(looksLike(looks, 'examp1e.org'), undefined, 'both are ours');
  names = new Set(['example.net']);
  assert.equal(looksLike(looks, 'examp1e.org'), undefined);
});

test('letters of other scripts, digits and beginnings; neither neighbours nor our own', () => {
  const names = new Set(['example.org', 'xn--bcher-kva.example', 'mail.example.net']);
  const looks = new OwnLookAlikes({ ownDomains: () => names });
  for (const [text, own] of [
    ['ex\u0430mple.org', 'example.org'],
    ['www.examp1e.org', 'example.org'],
    ['example.org.evil.example', 'example.org'],
    ['examp1e.org.evil.example', 'example.org'],
    ['bucher.example', 'xn--bcher-kva.example'],
    ['example.org', undefined],
    ['sub.example.org', undefined],
    ['example.com', undefined],
    ['example.net', undefined],
    ['myexample.org', undefined],
    ['example-org.com', undefined],
    ['org', undefined],
    [`${'a.'.repeat(100)}example`, undefined],
  ] as const)
    assert.equal(looksLike(looks, text), own, text);
});
