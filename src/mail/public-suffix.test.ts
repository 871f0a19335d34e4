import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { registrableDomain, registrableHost } from './public-suffix.ts';

test('P-27: a name is reduced to what somebody registered, private suffixes counted', () => {
  for (const [host, domain] of [
    ['a.b.evil.co.uk', 'evil.co.uk'],
    ['evil.com', 'evil.com'],
    ['shop.github.io', 'shop.github.io'],
    ['a.shop.github.io', 'shop.github.io'],
    ['www.xn--bcher-kva.de', 'xn--bcher-kva.de'],
    ['co.uk', undefined],
    ['localhost', undefined],
    ['no domain', undefined],
    ['a.-b-.com', undefined],
  ] as const) {
    assert.equal(registrableHost(host), domain, host);
    assert.equal(registrableDomain(host), domain, host);
  }
});

test('only a link needs a suffix that is known: a domain of a sender counts by its last labels', () => {
  assert.equal(registrableHost('a.b.unheard-of'), undefined);
  assert.equal(registrableDomain('a.b.unheard-of'), 'b.unheard-of');
});

test('labels below what is registered may be as browsers take them', () => {
  assert.equal(registrableHost('a_b.-c-.EVIL.com'), 'evil.com');
});

test('the list is not in memory before it is asked', () => {
  const module = new URL('./public-suffix.ts', import.meta.url).href;
  const script = `import { createRequire } from 'node:module';
    const { cache } = createRequire(${JSON.stringify(module)});
    const held = () => Object.keys(cache).some((name) => name.includes('tldts'));
    const { registrableHost } = await import(${JSON.stringify(module)});
    const before = held();
    registrableHost('example.com');
    console.log(before, held());`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(said.trim(), 'false true');
});
