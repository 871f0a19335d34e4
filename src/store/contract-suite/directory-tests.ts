import assert from 'node:assert/strict';
import type { Result } from '#base/result.ts';
import type { Domain } from '#mail/domain.ts';
import type { Page } from '../contract/page.ts';
import type { Trouble } from '../contract/trouble.ts';
import { aliasDepthMax } from '../resolve.ts';
import { aliasTargetsMax } from '../new-address.ts';
import { reservedNames } from '../reserved-name.ts';
import { address, createAccount, home, must, mustFail } from './store-under-test.ts';
import type { StoreTest, StoreUnderTest } from './store-under-test.ts';

const elsewhere = 'elsewhere.test' as Domain;

export function directoryTests(test: StoreTest): void {
  test('a domain is made once, changed by version, and removed when empty', async (under) => {
    const { store } = under;
    const made = must(await store.domains.create(home, 5));
    assert.deepEqual(made, {
      domain: home,
      quota: { bytes: undefined, messages: undefined },
      dkim: [],
      version: 1,
      createdAtMs: 5,
    });
    mustFail(await store.domains.create(home, 6), 'exists');
    assert.ok(store.domains.isLocal(home));
    const quota = { bytes: 10, messages: 2 };
    assert.deepEqual(must(await store.domains.change(home, { quota }, 1)), { ...made, quota, version: 2 });
    mustFail(await store.domains.change(home, { quota }, 1), 'conflict');
    const dkim = [
      {
        selector: 's1',
        algorithm: 'ed25519-sha256',
        privateKey: 'PEM',
        record: 'v=DKIM1',
        active: true,
        createdAtMs: 7,
      } as const,
    ];
    must(await store.domains.change(home, { dkim }, 2));
    assert.deepEqual(must(await store.domains.get(home)).dkim, dkim);
    await createAccount(under, 'user');
    mustFail(await store.domains.remove(home), 'conflict');
    must(await store.accounts.remove(must(await store.accounts.byAddress(address('user'))).id));
    must(await store.domains.remove(home));
    assert.ok(!store.domains.isLocal(home));
    mustFail(await store.domains.get(home), 'not-found');
  });

  test('lists go by cursor and lose nothing', async (under) => {
    const names = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.test` as Domain);
    for (const name of names) must(await under.store.domains.create(name, 1));
    const domains = await pages((cursor) => under.store.domains.list(cursor, 2));
    assert.deepEqual(
      domains.map(({ domain }) => domain),
      names,
    );
    for (const name of ['u1', 'u2', 'u3']) {
      await createAccount(under, name);
      must(await under.store.aliases.create(address(`alias-${name}`), [address(name)], false));
    }
    const accounts = await pages((cursor) => under.store.accounts.list(cursor, 2));
    assert.deepEqual(accounts.map((account) => account.address.local).sort(), ['u1', 'u2', 'u3']);
    const aliases = await pages((cursor) => under.store.aliases.list(cursor, 2));
    assert.deepEqual(
      aliases.map((alias) => alias.address.local),
      ['alias-u1', 'alias-u2', 'alias-u3'],
    );
  });

  test('an account has an id, standard mailboxes and one address in any case', async (under) => {
    const account = await createAccount(under, 'Jane.Doe');
    assert.equal(account.state, 'active');
    assert.equal(account.version, 1);
    assert.deepEqual(must(await under.store.accounts.byAddress(address('jane.doe'))), account);
    assert.deepEqual(must(await under.store.accounts.get(account.id)), account);
    const mailboxes = must(await under.store.mailboxes.list(account.id));
    assert.deepEqual(
      mailboxes.map(({ name, specialUse, subscribed }) => [name, specialUse, subscribed]),
      [
        ['Archive', '\\Archive', true],
        ['Drafts', '\\Drafts', true],
        ['INBOX', undefined, true],
        ['Junk', '\\Junk', true],
        ['Sent', '\\Sent', true],
        ['Trash', '\\Trash', true],
      ],
    );
    assert.deepEqual(must(await under.store.accounts.usage(account.id)), { bytes: 0, messages: 0 });
    await assert.rejects(createAccount(under, 'JANE.DOE'));
  });

  test('an account changes by version and is gone when removed', async (under) => {
    const { store } = under;
    const account = await createAccount(under, 'user');
    const credentials = { argon2id: '$argon2id$…', scramSha256: undefined, changedAtMs: 9 };
    const changed = must(await store.accounts.change(account.id, { state: 'disabled', credentials }, 1));
    assert.deepEqual(changed, { ...account, state: 'disabled', credentials, version: 2 });
    mustFail(await store.accounts.change(account.id, { state: 'active' }, 1), 'conflict');
    must(await store.accounts.remove(account.id));
    mustFail(await store.accounts.get(account.id), 'not-found');
    mustFail(await store.accounts.byAddress(address('user')), 'not-found');
    mustFail(await store.accounts.remove(account.id), 'not-found');
    mustFail(await store.mailboxes.list(account.id), 'not-found');
    mustFail(await store.accounts.usage(account.id), 'not-found');
    assert.notEqual((await createAccount(under, 'user')).id, account.id);
  });

  test('an account needs a local domain', async ({ store, clock }) => {
    mustFail(
      await store.accounts.create({
        address: address('user', elsewhere),
        credentials: { argon2id: undefined, scramSha256: undefined, changedAtMs: 0 },
        administers: [],
        quota: { bytes: undefined, messages: undefined },
        nowMs: clock.now(),
        reservedNameAllowed: false,
      }),
      'not-found',
    );
  });

  test('addresses resolve by case, sub-address and alias', async (under) => {
    const { store } = under;
    const one = await createAccount(under, 'one');
    const two = await createAccount(under, 'two+half');
    assert.deepEqual(await targets(under, 'ONE'), [{ kind: 'account', account: one.id, detail: undefined }]);
    assert.deepEqual(await targets(under, 'one+News+x'), [
      { kind: 'account', account: one.id, detail: 'News+x' },
    ]);
    assert.deepEqual(await targets(under, 'two+HALF'), [
      { kind: 'account', account: two.id, detail: undefined },
    ]);
    assert.deepEqual(must(await store.accounts.resolve(address('two'))), { kind: 'unknown' });
    assert.deepEqual(must(await store.accounts.resolve(address('one', elsewhere))), { kind: 'foreign' });
    must(
      await store.aliases.create(
        address('team'),
        [address('one'), address('away', elsewhere), address('two+half')],
        false,
      ),
    );
    assert.deepEqual(await targets(under, 'Team'), [
      { kind: 'account', account: one.id, detail: undefined },
      { kind: 'forward', address: address('away', elsewhere) },
      { kind: 'account', account: two.id, detail: undefined },
    ]);
    assert.deepEqual((await targets(under, 'team+x'))[0], { kind: 'account', account: one.id, detail: 'x' });
  });

  test('of a domain with a server behind this one, that server has what nobody here has (I-88)', async (under) => {
    const { store } = under;
    const one = await createAccount(under, 'one');
    const { domain } = address('one');
    const { version } = must(await store.domains.get(domain as Domain));
    const downstream = { host: '10.0.0.7', port: 25, tls: 'verified' } as const;
    const changed = must(await store.domains.change(domain as Domain, { downstream }, version));
    assert.deepEqual(must(await store.domains.get(domain as Domain)), changed);
    assert.deepEqual(changed.downstream, downstream);
    must(await store.aliases.create(address('team'), [address('one'), address('boss')], false));
    const boss = { kind: 'downstream', address: address('boss'), otherwise: [] };
    assert.deepEqual(await targets(under, 'One+x'), [{ kind: 'account', account: one.id, detail: 'x' }]);
    assert.deepEqual(await targets(under, 'boss'), [boss]);
    assert.deepEqual(await targets(under, 'team'), [
      { kind: 'account', account: one.id, detail: undefined },
      boss,
    ]);
    assert.equal(must(await store.accounts.maySendAs(one.id, address('boss'))), false);
    assert.deepEqual(must(await store.accounts.resolve(address('boss', elsewhere))), { kind: 'foreign' });
    must(await store.domains.change(domain as Domain, { downstream: undefined }, version + 1));
    assert.deepEqual(must(await store.accounts.resolve(address('boss'))), { kind: 'unknown' });
  });

  test('umlauts are one in every normal form', async (under) => {
    const account = await createAccount(under, 'j\u00fcrgen');
    assert.deepEqual(await targets(under, 'JU\u0308RGEN'), [
      { kind: 'account', account: account.id, detail: undefined },
    ]);
  });

  test('alias loops end and chains have a depth', async (under) => {
    const { store } = under;
    const account = await createAccount(under, 'user');
    must(await store.aliases.create(address('a'), [address('b')], false));
    must(await store.aliases.create(address('b'), [address('a'), address('user')], false));
    must(await store.aliases.create(address('self'), [address('self')], false));
    assert.deepEqual(await targets(under, 'a'), [
      { kind: 'account', account: account.id, detail: undefined },
    ]);
    assert.deepEqual(must(await store.accounts.resolve(address('self'))), { kind: 'unknown' });
    for (let i = 0; i <= aliasDepthMax; i += 1) {
      must(
        await store.aliases.create(
          address(`d${i}`),
          [address(i === aliasDepthMax ? 'user' : `d${i + 1}`)],
          false,
        ),
      );
    }
    assert.deepEqual(must(await store.accounts.resolve(address('d0'))), { kind: 'unknown' });
    assert.equal((await targets(under, 'd1')).length, 1);
  });

  test('aliases have 1 to 100 targets and addresses of their own', async (under) => {
    const { store } = under;
    await createAccount(under, 'user');
    mustFail(await store.aliases.create(address('user'), [address('x')], false), 'exists');
    mustFail(await store.aliases.create(address('none'), [], false), 'invalid');
    const many = Array.from({ length: aliasTargetsMax + 1 }, (_, i) => address(`t${i}`, elsewhere));
    mustFail(await store.aliases.create(address('many'), many, false), 'limit');
    must(await store.aliases.create(address('many'), many.slice(1), false));
    mustFail(await store.aliases.create(address('MANY'), [address('x')], false), 'exists');
    mustFail(await store.aliases.create(address('x', elsewhere), [address('user')], false), 'not-found');
    assert.equal(must(await store.aliases.get(address('Many'))).targets.length, aliasTargetsMax);
    must(await store.aliases.remove(address('many')));
    mustFail(await store.aliases.remove(address('many')), 'not-found');
    mustFail(await store.aliases.get(address('many')), 'not-found');
  });

  test('S-03: reserved names go to the administrators in every form', async (under) => {
    const admin = await createAccount(under, 'boss', { administers: [home] });
    await createAccount(under, 'user');
    for (const name of reservedNames) {
      for (const form of [name, name.toUpperCase(), `${name}+tag`, fullWidth(name)]) {
        assert.deepEqual(
          await targets(under, form),
          [{ kind: 'account', account: admin.id, detail: undefined }],
          form,
        );
      }
    }
  });

  test('S-03: nobody takes a reserved name or its look-alike without an administrator', async (under) => {
    const { store } = under;
    must(await store.domains.create(home, 1));
    const likes = [
      'p\u043estmaster',
      'POSTMASTER',
      'p0stmaster',
      'post.master',
      'post-master',
      'abuse+x',
      'adm\u0131n',
      'adrnin',
      'ro\u200bot',
      '\uff41dmin',
      '\u0430buse',
      'rооt',
    ];
    for (const local of [...reservedNames, ...likes]) {
      await assert.rejects(createAccount(under, local), /reserved-name/, local);
      mustFail(await store.aliases.create(address(local), [address('x', elsewhere)], false), 'invalid');
    }
    for (const local of ['root.beer', 'abusers', 'sysadmin', 'müller', 'иван', 'no.reply.please']) {
      await createAccount(under, local);
    }
    const taken = await createAccount(under, 'postmaster', { reservedNameAllowed: true });
    assert.deepEqual(await targets(under, 'postmaster'), [
      { kind: 'account', account: taken.id, detail: undefined },
    ]);
  });

  test('P-13: an account may send as its addresses and the aliases that lead to it', async (under) => {
    const { store } = under;
    const one = await createAccount(under, 'one');
    const two = await createAccount(under, 'two', { administers: [home] });
    must(await store.aliases.create(address('sales'), [address('one')], false));
    const may = async (local: string, domain = home): Promise<boolean> =>
      must(await store.accounts.maySendAs(one.id, address(local, domain)));
    for (const local of ['one', 'ONE', 'one+tag', 'sales', 'Sales+x']) assert.ok(await may(local), local);
    for (const local of ['two', 'nobody', 'postmaster']) assert.ok(!(await may(local)), local);
    assert.ok(!(await may('one', elsewhere)));
    assert.ok(must(await store.accounts.maySendAs(two.id, address('postmaster'))));
  });
}

async function targets({ store }: StoreUnderTest, local: string): Promise<readonly unknown[]> {
  const resolution = must(await store.accounts.resolve(address(local)));
  assert.equal(resolution.kind, 'targets', local);
  return resolution.kind === 'targets' ? resolution.targets : [];
}

async function pages<T>(
  page: (cursor: string | undefined) => Promise<Result<Page<T>, Trouble>>,
): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const { items: some, next } = must(await page(cursor));
    assert.ok(some.length <= 2);
    items.push(...some);
    cursor = next;
  } while (cursor !== undefined);
  return items;
}

/** U+FF01 and on: the ASCII letters as wide ones. */
function fullWidth(text: string): string {
  return text.replaceAll(/[a-z]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0));
}
