import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err, ok } from '#base/result.ts';
import type { Domain } from '#mail/domain.ts';
import type { MessageEnvelope } from '#mail/summary.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { DkimKey, DomainRecord } from '#store/contract/accounts.ts';
import { createDkimSigner } from './dkim-signer.ts';

function key(selector: string, active: boolean): DkimKey {
  return { selector, algorithm: 'ed25519-sha256', privateKey: '', record: '', active, createdAtMs: 0 };
}

const tables: Readonly<Record<string, readonly DkimKey[]>> = {
  'a.test': [key('one', true), key('old', false), key('two', true)],
  'none.test': [key('old', false)],
};

const signer = createDkimSigner(
  {
    get: async (domain: Domain) => {
      if (domain === ('broken.test' as Domain)) return err({ code: 'unavailable', detail: 'x' } as const);
      const dkim = tables[domain];
      if (dkim === undefined) return err({ code: 'not-found', what: 'domain' } as const);
      return ok({ domain, dkim, quota: {}, version: 1, createdAtMs: 0 } as unknown as DomainRecord);
    },
  },
  createFakeClock(),
);

function from(...hosts: readonly string[]): MessageEnvelope {
  const authors = hosts.map((host) => ({ name: undefined, route: undefined, mailbox: 'x', host }));
  return { from: authors } as unknown as MessageEnvelope;
}

test('the signing table: active keys of exactly the author’s domain (I-39)', async () => {
  const table: readonly (readonly [MessageEnvelope, readonly string[] | string])[] = [
    [from('a.test'), ['one', 'two']],
    [from('A.Test'), ['one', 'two']],
    [from('sub.a.test'), 'no signing key for sub.a.test'],
    [from('none.test'), 'no signing key for none.test'],
    [from('other.test'), 'no signing key for other.test'],
    [from('a.test', 'a.test'), 'no single author in From'],
    [from(), 'no single author in From'],
    [from('not a domain'), 'no single author in From'],
  ];
  for (const [envelope, expected] of table) {
    const choice = await signer.choose(envelope);
    assert.ok(choice.ok);
    const seen =
      choice.value.kind === 'sign' ? choice.value.keys.map((one) => one.selector) : choice.value.reason;
    assert.deepEqual(seen, expected);
  }
});

test('a directory that cannot be read is not "unsigned"', async () => {
  assert.equal((await signer.choose(from('broken.test'))).ok, false);
});
