/** What a backup folder holds. */
export interface BackupFiles {
  readonly folder: string;
  readonly madeAt: string;
  /** When it is to be deleted: by then what was erased since it was made is gone everywhere. */
  readonly expiresAt: string;
  readonly version: string;
  readonly accounts: number;
  readonly files: number;
  readonly sizeBytes: number;
  /** Which master key opens it; never the key itself. */
  readonly masterKeyId: string;
  /** What could not be read when it was made, each with the reason. */
  readonly missing: readonly string[];
}

/** What a restore did, or would do. */
export interface Restored {
  /** Accounts that were looked through. */
  readonly accounts: number;
  /** Messages put back; into an empty data folder, all that there are. */
  readonly messages: number;
  /** Messages that came back into the queue; all of them wait for a person. */
  readonly held: number;
  /** Accounts of the backup that are not here any more: they stay erased. */
  readonly erased: number;
  /** Accounts whose file was out of use: it was set aside and a new one begun. */
  readonly replaced: readonly string[];
  /** What could not be brought back, each with the reason. */
  readonly missing: readonly string[];
  /** Into an empty data folder: passwords and erasures since then are not known here. */
  readonly asOf: string | null;
}

/** A backup that this server made and that has not expired: it can still open an account that it holds. */
export interface KnownBackup {
  readonly folder: string;
  readonly madeAt: string;
  readonly expiresAt: string;
  /** One account's id, or all of them. */
  readonly scope: string;
}
