/** What a backup folder holds. */
export interface BackupFiles {
  readonly folder: string;
  readonly madeAt: string;
  readonly version: string;
  readonly accounts: number;
  readonly files: number;
  readonly sizeBytes: number;
  /** Which master key opens it; never the key itself. */
  readonly masterKeyId: string;
}
