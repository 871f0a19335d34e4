import { makeRoom } from '#base/make-room.ts';
import type { AccountId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { lendKey } from '#store/sealing/lent-key.ts';
import type { LentKey } from '#store/sealing/lent-key.ts';
import { keyBytes, keyIdBytes, makePurposeKey, sealingAlgorithm } from '#store/sealing/purpose-key.ts';
import type { PurposeKey, PurposeKeyRecord } from '#store/sealing/purpose-key.ts';
import { recordSealer } from '#store/sealing/record-sealer.ts';
import type { RecordSealer } from '#store/sealing/record-sealer.ts';
import { exists, notFound } from '#store/trouble.ts';
import type { DatabaseFile } from './database-file.ts';
import { keyRows } from './keys-rows.ts';
import type { KeyRows } from './keys-rows.ts';
import { fencedTrouble } from './sqlite-trouble.ts';

/** What has a key of its own beside the accounts (STORAGE §4). */
export const serverPurposes = ['queue', 'directory', 'settings', 'traces', 'reputation', 'audit'] as const;
export type ServerPurpose = (typeof serverPurposes)[number];

/** What is sealed for an account outside its own file. */
export type AccountPurpose = 'queue' | 'traces';

/** Sealers of accounts that are kept made. */
const keptSealersMax = 1024;

/** The keys of one purpose: the active one seals, all of them open. */
export interface KeySet {
  readonly active: PurposeKey;
  readonly retired: readonly PurposeKey[];
}

/**
 * All purpose keys, kept wrapped under the master key. What is made or destroyed is durable on return, and blocks for
 * it: these are rare acts.
 */
export interface Keys {
  readonly server: Readonly<Record<ServerPurpose, KeySet>>;
  serverSealer(purpose: ServerPurpose): RecordSealer;
  /** `not-found`: never made, or destroyed; `fenced`: it ought to be there (`miss`). */
  account(id: AccountId): Result<KeySet, Trouble>;
  /** Seals and opens for one account under a purpose of its own. */
  accountSealer(id: AccountId, purpose: AccountPurpose): Result<RecordSealer, Trouble>;
  /** Was its key destroyed on purpose? */
  isErased(id: AccountId): boolean;
  /** These accounts exist: that they have no key is a loss, and they are out of use until it is put back. */
  miss(ids: readonly AccountId[]): Trouble;
  /** The key that seals now, for a storage thread; of an account's own or of the server. */
  lend(purpose: AccountPurpose, account: AccountId | undefined): Result<LentKey, Trouble>;
  /** Accounts that have a key. */
  accounts(): readonly AccountId[];
  createAccount(id: AccountId): Result<KeySet, Trouble>;
  /** Erasure: the wrap is gone from file and WAL when this returns. Again on what is gone does nothing. */
  destroyAccount(id: AccountId): Result<void, Trouble>;
  /** A new active key for an account; the old one only opens from now on. */
  renewAccount(id: AccountId): Result<KeySet, Trouble>;
  /** When the key that seals now was made. Milliseconds since 1970; `undefined`: the account has none. */
  activeSinceMs(id: AccountId): number | undefined;
  /** Destroys an account's retired keys, once nothing is sealed under them any more. */
  forgetRetired(id: AccountId): Result<void, Trouble>;
  /** Master key rotation: every key is wrapped anew, in one transaction; returns how many. */
  rewrap(next: Secrets): Result<number, Trouble>;
  close(): Promise<void>;
}

const newerWayOut =
  'its mail waits, other accounts go on; put back the newest keys.db, or restore a backup that holds the account';

export interface KeysOptions {
  readonly file: DatabaseFile;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly random: Random;
}

/** Opens the key ring; `unavailable` when the master key is not the one that wrapped it. */
export function openKeys(options: KeysOptions): Result<Keys, Trouble> {
  const { file, random, clock } = options;
  const rows = keyRows(file.db);
  let secrets = options.secrets;
  const known = file.read(() => ok(rows.masterKeyId()));
  if (!known.ok) return known;
  if (known.value !== undefined && known.value !== secrets.masterKeyId)
    return err(wrongMaster(known.value, secrets));
  const cache = new Map<AccountId, KeySet>();
  const missed = new Set<AccountId>();
  const missing = fencedTrouble(file.path, 'it is older than the account and lacks its key', newerWayOut);
  const lent = new WeakMap<KeySet, Partial<Record<AccountPurpose, LentKey>>>();
  const sealers = new Map<AccountId, Partial<Record<AccountPurpose, RecordSealer>>>();

  function make(
    purpose: string,
    account: AccountId | undefined,
  ): { key: PurposeKey; record: PurposeKeyRecord } {
    const key = makePurposeKey(random.bytes(keyIdBytes + keyBytes));
    const base = { id: key.id, purpose, account };
    return {
      key,
      record: {
        ...base,
        algorithm: sealingAlgorithm,
        state: 'active',
        wrapped: secrets.wrap(wrapPurpose(base), key.key),
        createdAtMs: clock.now(),
      },
    };
  }

  function unwrapped(records: readonly PurposeKeyRecord[]): Result<KeySet | undefined, Trouble> {
    let active: PurposeKey | undefined;
    const retired: PurposeKey[] = [];
    for (const record of records) {
      const plain = secrets.unwrap(wrapPurpose(record), record.wrapped);
      if (!plain.ok) return err(fencedTrouble(file.path, `the wrap of key ${record.id} is damaged`));
      const key = { id: record.id, key: plain.value };
      if (record.state === 'active') active = key;
      else retired.push(key);
    }
    return ok(active === undefined ? undefined : { active, retired });
  }

  function account(id: AccountId): Result<KeySet, Trouble> {
    const cached = cache.get(id);
    if (cached !== undefined) return ok(cached);
    const set = file.read(() => unwrapped(rows.ofAccount(id)));
    if (!set.ok) return set;
    if (set.value === undefined) return missed.has(id) ? err(missing) : notFound('account');
    cache.set(id, set.value);
    return ok(set.value);
  }

  /** Kept made, for whose mail comes now often gets more. */
  function accountSealer(id: AccountId, purpose: AccountPurpose): Result<RecordSealer, Trouble> {
    const known = sealers.get(id)?.[purpose];
    if (known !== undefined) return ok(known);
    const set = account(id);
    if (!set.ok) return set;
    const sealer = recordSealer({ purpose, account: id, ...set.value, random });
    makeRoom(sealers, keptSealersMax);
    sealers.set(id, { ...sealers.get(id), [purpose]: sealer });
    return ok(sealer);
  }

  function lendOf(set: KeySet, purpose: AccountPurpose, owner: string): LentKey {
    const known = lent.get(set)?.[purpose];
    if (known !== undefined) return known;
    const key = lendKey(set.active, { purpose, account: owner });
    lent.set(set, { ...lent.get(set), [purpose]: key });
    return key;
  }

  function forget(id: AccountId): void {
    cache.delete(id);
    sealers.delete(id);
  }

  function createAccount(id: AccountId): Result<KeySet, Trouble> {
    const { key, record } = make('account', id);
    const added = file.transactionFull(() => {
      if (rows.ofAccount(id).length > 0) return exists('account');
      rows.add(record);
      return ok(undefined);
    });
    if (!added.ok) return added;
    const set = { active: key, retired: [] };
    cache.set(id, set);
    return ok(set);
  }

  /** `secure_delete` overwrites the row, the truncation takes it out of the WAL. */
  function erase(change: () => void): Result<void, Trouble> {
    const erased = file.transactionFull(() => {
      change();
      return ok(undefined);
    });
    return erased.ok ? file.truncateWal() : erased;
  }

  function renewAccount(id: AccountId): Result<KeySet, Trouble> {
    const { record } = make('account', id);
    const renewed = file.transactionFull(() => {
      const old = rows.ofAccount(id);
      if (old.length === 0) return notFound('account');
      for (const each of old) rows.setState(each.id, 'retired');
      rows.add(record);
      return ok(undefined);
    });
    forget(id);
    return renewed.ok ? account(id) : renewed;
  }

  const server = openServerKeys({ file, rows, make: (purpose) => make(purpose, undefined), unwrapped });
  if (!server.ok) return server;
  const marked = file.transactionFull(() => ok(rows.setMasterKeyId(secrets.masterKeyId)));
  if (!marked.ok) return marked;

  return ok({
    server: server.value,
    serverSealer: (purpose) => recordSealer({ purpose, ...server.value[purpose], random }),
    account,
    accountSealer,
    lend(purpose, owner) {
      if (owner === undefined) return ok(lendOf(server.value[purpose], purpose, ''));
      const set = account(owner);
      return set.ok ? ok(lendOf(set.value, purpose, owner)) : set;
    },
    isErased: (id) => rows.isErased(id),
    miss(ids) {
      for (const id of ids) missed.add(id);
      return missing;
    },
    accounts: () => rows.accounts(),
    createAccount,
    destroyAccount(id) {
      forget(id);
      return erase(() => rows.removeAccount(id));
    },
    renewAccount,
    activeSinceMs: (id) => rows.ofAccount(id).find(({ state }) => state === 'active')?.createdAtMs,
    forgetRetired(id) {
      forget(id);
      return erase(() => {
        for (const { id: key, state } of rows.ofAccount(id)) if (state === 'retired') rows.remove(key);
      });
    },
    rewrap(next) {
      const rewrapped = rewrapAll({ file, rows, from: secrets, to: next });
      if (rewrapped.ok) secrets = next;
      return rewrapped;
    },
    close: () => file.close(),
  });
}

interface ServerKeysParts {
  readonly file: DatabaseFile;
  readonly rows: KeyRows;
  readonly make: (purpose: ServerPurpose) => { key: PurposeKey; record: PurposeKeyRecord };
  readonly unwrapped: (records: readonly PurposeKeyRecord[]) => Result<KeySet | undefined, Trouble>;
}

/** Makes those that are missing. */
function openServerKeys({
  file,
  rows,
  make,
  unwrapped,
}: ServerKeysParts): Result<Record<ServerPurpose, KeySet>, Trouble> {
  return file.transactionFull(() => {
    const byPurpose = Map.groupBy(rows.ofServer(), ({ purpose }) => purpose);
    const sets: Partial<Record<ServerPurpose, KeySet>> = {};
    for (const purpose of serverPurposes) {
      const known = unwrapped(byPurpose.get(purpose) ?? []);
      if (!known.ok) return known;
      sets[purpose] = known.value ?? addKey(rows, make(purpose));
    }
    return ok(sets as Record<ServerPurpose, KeySet>);
  });
}

function addKey(rows: KeyRows, { key, record }: { key: PurposeKey; record: PurposeKeyRecord }): KeySet {
  rows.add(record);
  return { active: key, retired: [] };
}

interface Rewrapping {
  readonly file: DatabaseFile;
  readonly rows: KeyRows;
  readonly from: Secrets;
  readonly to: Secrets;
}

/** All or none; the old wraps are out of the WAL before the old master key may be thrown away. */
function rewrapAll({ file, rows, from, to }: Rewrapping): Result<number, Trouble> {
  const rewrapped = file.transactionFull(() => {
    const all = rows.all();
    for (const record of all) {
      const plain = from.unwrap(wrapPurpose(record), record.wrapped);
      if (!plain.ok) return err(fencedTrouble(file.path, `the wrap of key ${record.id} is damaged`));
      rows.setWrapped(record.id, to.wrap(wrapPurpose(record), plain.value));
    }
    rows.setMasterKeyId(to.masterKeyId);
    return ok(all.length);
  });
  if (!rewrapped.ok) return rewrapped;
  const truncated = file.truncateWal();
  return truncated.ok ? rewrapped : truncated;
}

/** Names the key in its wrap, so that wraps cannot be exchanged. */
function wrapPurpose({ id, purpose, account }: Pick<PurposeKeyRecord, 'id' | 'purpose' | 'account'>): string {
  return `${purpose} ${account ?? '-'} ${id}`;
}

function wrongMaster(known: string, secrets: Secrets): Trouble {
  return {
    code: 'unavailable',
    detail: `the data was sealed under master key ${known}, but ${secrets.masterKeyId} was given`,
  };
}
