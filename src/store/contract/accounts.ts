import type { AccountId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import type { Address } from '#mail/address.ts';
import type { Domain } from '#mail/domain.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { Page } from '#store/contract/page.ts';

export interface Quota {
  /** `undefined` is unlimited. */
  readonly bytes: number | undefined;
  readonly messages: number | undefined;
}

export interface DomainRecord {
  readonly domain: Domain;
  /** Over all accounts of the domain. */
  readonly quota: Quota;
  /** DKIM keys; the private key is sealed at rest (I-38). */
  readonly dkim: readonly DkimKey[];
  /** The server behind this one that has what no account or alias here is (I-88). */
  readonly downstream?: DownstreamHost | undefined;
  readonly version: number;
  readonly createdAtMs: number;
}

/** A server that mail for a domain is handed on to, wherever its MX records lead. */
export interface DownstreamHost {
  /** A name, looked up by its addresses, or an address. */
  readonly host: string;
  readonly port: number;
  /** `opportunistic`: where it is offered. `encrypted`: always. `verified`: with a certificate that holds. */
  readonly tls: 'opportunistic' | 'encrypted' | 'verified';
}

export interface DkimKey {
  readonly selector: string;
  readonly algorithm: 'rsa-sha256' | 'ed25519-sha256';
  /** PKCS#8, PEM. */
  readonly privateKey: string;
  /** Text of the TXT record at `<selector>._domainkey.<domain>`. */
  readonly record: string;
  readonly active: boolean;
  readonly createdAtMs: number;
}

export interface AccountRecord {
  readonly id: AccountId;
  /** The login name and first address. */
  readonly address: Address;
  readonly state: 'active' | 'disabled';
  /** May do what an administrator of these domains may; reserved names go to them (S-03). */
  readonly administers: readonly Domain[];
  readonly quota: Quota;
  readonly credentials: Credentials;
  readonly version: number;
  readonly createdAtMs: number;
}

/** Sealed at rest. Both are made from one password at the same time; see docs/decisions. */
export interface Credentials {
  /** PHC string `$argon2id$v=19$m=…,t=…,p=…$salt$hash`; `undefined`: no password set, nobody logs in. */
  readonly argon2id: string | undefined;
  /** RFC 5802 §3: stored and server key, never the password. */
  readonly scramSha256:
    | {
        readonly salt: string;
        readonly iterations: number;
        readonly storedKey: string;
        readonly serverKey: string;
      }
    | undefined;
  readonly changedAtMs: number;
}

export interface AliasRecord {
  readonly address: Address;
  /** 1 to 100; local or not. Chains are followed at most 10 deep, loops are dropped. */
  readonly targets: readonly Address[];
  readonly version: number;
}

/** Where mail for an address goes. */
export type Resolution =
  | { readonly kind: 'targets'; readonly targets: readonly DeliveryTarget[] }
  /** The domain is ours, the address is nobody's: refuse in the session. */
  | { readonly kind: 'unknown' }
  /** The domain is not ours. */
  | { readonly kind: 'foreign' };

export type DeliveryTarget =
  /** `detail` is what follows `+` (RFC 5233); `state` disabled accounts still receive. */
  | { readonly kind: 'account'; readonly account: AccountId; readonly detail: string | undefined }
  | { readonly kind: 'forward'; readonly address: Address }
  /**
   * Of a domain with a server behind this one, which alone knows whether anybody has it. `otherwise`: who gets what it
   * does not know; the administrators, of a reserved name (S-03).
   */
  | { readonly kind: 'downstream'; readonly address: Address; readonly otherwise: readonly AccountId[] };

export interface Domains {
  get(domain: Domain): Promise<Result<DomainRecord, Trouble>>;
  list(cursor: string | undefined, limit: number): Promise<Result<Page<DomainRecord>, Trouble>>;
  create(domain: Domain, nowMs: number): Promise<Result<DomainRecord, Trouble>>;
  change(
    domain: Domain,
    patch: Partial<Pick<DomainRecord, 'quota' | 'dkim' | 'downstream'>>,
    ifVersion: number,
  ): Promise<Result<DomainRecord, Trouble>>;
  /** `conflict` while accounts or aliases exist. */
  remove(domain: Domain): Promise<Result<void, Trouble>>;
  /** From memory: asked for every recipient and every sender. */
  isLocal(domain: string): boolean;
  /** The names of all, from memory; another set after each change. */
  names(): ReadonlySet<string>;
}

export interface NewAccount {
  readonly address: Address;
  readonly credentials: Credentials;
  readonly administers: readonly Domain[];
  readonly quota: Quota;
  readonly nowMs: number;
  /** A logged administrator's act: the only way to a reserved name (S-03). */
  readonly reservedNameAllowed: boolean;
}

export interface Accounts {
  /**
   * Case-insensitive in the local part (ASCII and NFC folded), aliases followed, sub-address split at the
   * first `+` when the whole local part is not itself an address; reserved names (S-03) to the domain's
   * administrators. Bare `postmaster` is resolved by the caller to the server's first domain.
   */
  resolve(address: Address): Promise<Result<Resolution, Trouble>>;
  get(id: AccountId): Promise<Result<AccountRecord, Trouble>>;
  /** By login name: the whole address. */
  byAddress(address: Address): Promise<Result<AccountRecord, Trouble>>;
  list(cursor: string | undefined, limit: number): Promise<Result<Page<AccountRecord>, Trouble>>;
  /** With its key, its file and its standard mailboxes: INBOX, Drafts, Sent, Junk, Trash, Archive (RFC 6154). */
  create(account: NewAccount): Promise<Result<AccountRecord, Trouble>>;
  change(
    id: AccountId,
    patch: Partial<Pick<AccountRecord, 'state' | 'administers' | 'quota' | 'credentials'>>,
    ifVersion: number,
  ): Promise<Result<AccountRecord, Trouble>>;
  /** Destroys the key first (STORAGE §4 Erasure), then the file. */
  remove(id: AccountId): Promise<Result<void, Trouble>>;
  usage(id: AccountId): Promise<Result<{ readonly bytes: number; readonly messages: number }, Trouble>>;
  /** May this account send as this address (its own addresses, with sub-addresses, and aliases that lead to it)? P-13. */
  maySendAs(id: AccountId, address: Address): Promise<Result<boolean, Trouble>>;
}

export interface Aliases {
  get(address: Address): Promise<Result<AliasRecord, Trouble>>;
  list(cursor: string | undefined, limit: number): Promise<Result<Page<AliasRecord>, Trouble>>;
  create(
    address: Address,
    targets: readonly Address[],
    reservedNameAllowed: boolean,
  ): Promise<Result<AliasRecord, Trouble>>;
  remove(address: Address): Promise<Result<void, Trouble>>;
}
