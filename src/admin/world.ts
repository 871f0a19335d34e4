import type { AccountId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import type { Setting } from '#config/setting.ts';
import type { Domain } from '#mail/domain.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { Store } from '#store/contract/store.ts';
import type { AdminError } from './errors.ts';
import type { BackupFiles } from './backup/backup-files.ts';
import type { DoctorCheck } from './doctor/check.ts';
import type { MailSource } from './import/mail-source.ts';
import type { Progress } from './progress.ts';

/** All that administrative operations may touch. `app/` makes it, for the running server and for a lone command. */
export interface AdminWorld {
  readonly version: string;
  readonly hostname: Domain;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly resolver: Resolver;
  readonly settings: readonly Setting<unknown>[];
  readonly mailSource: (path: string) => Promise<Result<MailSource, AdminError>>;
  readonly backups: Backups;
  readonly keys: {
    /** Wraps every purpose key under a new master key; returns how many (STORAGE §4 Rotation). */
    rotateMaster(
      newKeyFile: string,
    ): Promise<Result<{ readonly keys: number; readonly masterKeyId: string }, AdminError>>;
  };
  readonly doctorChecks: readonly DoctorCheck[];
  readonly notices: {
    /** Something in the queue may be due now. */
    queueChanged(): void;
    /** Remembered passwords of the account are to be forgotten, its sessions ended. */
    accountChanged(account: AccountId): void;
    settingChanged(name: string): void;
    domainsChanged(): void;
  };
}

export interface Backups {
  /** Writes a whole backup into a new or empty folder; sealed as the store is, without the master key. */
  write(folder: string, progress: (progress: Progress) => void): Promise<Result<BackupFiles, AdminError>>;
  read(folder: string): Promise<Result<BackupFiles, AdminError>>;
  /** Brings everything back into an empty data folder, with what waited held (S-13). */
  restore(
    folder: string,
    progress: (progress: Progress) => void,
  ): Promise<
    Result<{ readonly accounts: number; readonly messages: number; readonly held: number }, AdminError>
  >;
}
