import type { ClientAddress } from '#base/client-address.ts';
import type { AccountId } from '#base/id.ts';
import type { Awaitable, Result } from '#base/result.ts';
import type { Setting, SettingValues } from '#config/setting.ts';
import type { OwedReports } from '#delivery/dmarc-reports/owed-reports.ts';
import type { reportSettings } from '#delivery/dmarc-reports/report-settings.ts';
import type { Address } from '#mail/address.ts';
import type { Domain } from '#mail/domain.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { BanBook } from '#policy/bans/ban-book.ts';
import type { AttachmentEngine } from '#content/links/attached-links.ts';
import type { DnsListBook } from '#policy/lists/dns-list-book.ts';
import type { OwnListingWatch } from '#policy/lists/own-listing-watch.ts';
import type { ListKeyRing } from '#policy/lists/list-key-ring.ts';
import type { ListFiles } from '#policy/list-files/list-files.ts';
import type { BlockFeed } from '#policy/local-lists/block-feed.ts';
import type { ReportBook } from '#policy/dmarc-reports/report-book.ts';
import type { LocalListBook } from '#policy/local-lists/local-list-book.ts';
import type { LayerShares } from '#policy/layers/layer-shares.ts';
import type { TrialBook } from '#policy/trials/trial-book.ts';
import type { NftParts } from '#policy/bans/nft-table.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { Store } from '#store/contract/store.ts';
import type { RelayBook } from '#policy/relay/relay-book.ts';
import type { RuleBook } from '#policy/rules/rule-book.ts';
import type { FlowScopeReport } from '#policy/flow/flow-report.ts';
import type { FlowRow } from '#policy/flow/flow-row.ts';
import type { AdminError } from './errors.ts';
import type { BackupFiles, KnownBackup, Restored } from './backup/backup-files.ts';
import type { DoctorCheck } from './doctor/check.ts';
import type { MailSource } from './import/mail-source.ts';
import type { Progress } from './progress.ts';

/** All that administrative operations may touch. `app/` makes it, for the running server and for a lone command. */
export interface AdminWorld {
  readonly version: string;
  readonly hostname: Domain;
  /** Addresses that mail is sent from, where the configuration names them. */
  readonly outgoingAddresses: readonly ClientAddress[];
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly resolver: Resolver;
  readonly settings: readonly Setting<unknown>[];
  /** Our own addresses, loopback among them, in canonical form. */
  readonly ownAddresses: ReadonlySet<string>;
  /** One message from a file, whatever its line ends. */
  readonly messageFile: (path: string) => Promise<Result<Uint8Array, AdminError>>;
  readonly mailSource: (path: string) => Promise<Result<MailSource, AdminError>>;
  readonly bans: {
    readonly book: BanBook;
    /** Resolves when the last change is on disk. */
    kept(): Promise<void>;
    /** What the packet filter of this machine is told beside the bans. */
    packetFilter(): Omit<NftParts, 'bans' | 'nowMs'>;
  };
  /** Looks into attached files; they stay unread where it is left out. */
  readonly attachments?: AttachmentEngine;
  readonly lists: {
    /** Those that are asked by DNS, with their health. */
    readonly dns: DnsListBook;
    readonly local: LocalListBook;
    readonly keys: ListKeyRing;
    readonly feed: Pick<BlockFeed, 'incident'>;
    readonly files: Pick<ListFiles, 'report' | 'knowsOrigins'>;
    /** Whether we stand on lists ourselves (P-11). */
    readonly own: Pick<OwnListingWatch, 'report' | 'check'>;
    /** Resolves when the last change of the local lists is on disk. */
    kept(): Promise<void>;
  };
  /** Who may send by address alone (P-10). */
  readonly relays: {
    readonly book: RelayBook;
    /** Resolves when the last change is on disk. */
    kept(): Promise<void>;
  };
  /** About mail (I-89). */
  readonly rules: {
    readonly book: RuleBook;
    /** Resolves when the last change is on disk. */
    kept(): Promise<void>;
  };
  /** What others report on mail in the name of our domains (I-46). */
  readonly receivedReports: Pick<ReportBook, 'list'>;
  /** How much of the mail each layer stops. */
  readonly layers: Pick<LayerShares, 'flush' | 'read'>;
  /** Of DMARC, to others (I-47). */
  readonly owedReports: {
    readonly book: Pick<OwedReports, 'list' | 'sent' | 'today'>;
    readonly settings: SettingValues<typeof reportSettings>;
  };
  readonly trials: {
    /** Settings of policy on trial. */
    readonly book: TrialBook;
    /** Resolves when the last change is on disk. */
    kept(): Promise<void>;
  };
  readonly flow: {
    report(): readonly FlowScopeReport[];
    /** As they are in force. */
    rows(): readonly FlowRow[];
    readonly listeners: readonly string[];
  };
  readonly backups: Backups;
  readonly keys: {
    /** Wraps every purpose key under a new master key; returns how many (STORAGE §4 Rotation). */
    rotateMaster(
      newKeyFile: string,
    ): Promise<Result<{ readonly keys: number; readonly masterKeyId: string }, AdminError>>;
    /** A new key for every account, and all its mail sealed anew under it; goes on with a rotation that was broken off. */
    rotateAccounts(
      progress: (progress: Progress) => void,
    ): Promise<
      Result<
        { readonly accounts: number; readonly records: number; readonly waiting: readonly string[] },
        AdminError
      >
    >;
  };
  /** Ways into the administration in the browser; `undefined`: no server runs here, or it has no such listener. */
  readonly web?: { link(): WebLink };
  readonly doctorChecks: readonly DoctorCheck[];
  readonly notices: {
    /** Something in the queue may be due now. */
    queueChanged(): void;
    /** Remembered passwords of the account are to be forgotten, its sessions ended. */
    accountChanged(account: AccountId): void;
    /** Resolves when the new value is in force. */
    settingChanged(name: string): Awaitable<void>;
    domainsChanged(): void;
  };
}

/** A way into the administration, once. */
export interface WebLink {
  readonly url: string;
  readonly expiresMs: number;
  /** What a browser on another machine needs first, as a shell command; `undefined`: nothing. */
  readonly tunnel: string | undefined;
}

export interface BackupWish {
  /** New or empty, outside the data folder. */
  readonly folder: string;
  /** Only this account, with what opens it. */
  readonly account: Address | undefined;
}

export interface RestoreWish {
  readonly folder: string;
  readonly account: Address | undefined;
  /** Begin the file of each account anew, whatever state it is in; the old one is set aside. */
  readonly replace: boolean;
  /** The master key that the backup needs, when it is not the one in use. */
  readonly masterKeyFile: string | undefined;
  readonly dryRun: boolean;
}

export interface Backups {
  /** Sealed as the store is, without the master key. */
  write(wish: BackupWish, progress: (progress: Progress) => void): Promise<Result<BackupFiles, AdminError>>;
  read(folder: string): Promise<Result<BackupFiles, AdminError>>;
  /**
   * Into a data folder that holds a store: what its accounts no longer have. Into an empty one: everything. Files are
   * verified first, and what waited comes back held (S-13).
   */
  restore(wish: RestoreWish, progress: (progress: Progress) => void): Promise<Result<Restored, AdminError>>;
  /** An empty queue in the place of a lost or damaged one; nothing is done while the queue is whole. */
  renewQueue(wish: { readonly dryRun: boolean }): Promise<Result<{ readonly setAside: boolean }, AdminError>>;
  /** Backups of this server that still hold an account's key, oldest expiry first. */
  holding(account: AccountId): Promise<readonly KnownBackup[]>;
}
