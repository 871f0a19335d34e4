import type { AdminWorld } from '#admin/world.ts';
import type { Configuration } from '#config/configuration.ts';
import type { Clock } from '#platform/clock.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { Store } from '#store/contract/store.ts';
import type { Queue } from '#store/contract/queue.ts';

/** What the checks of `doctor` may look at. */
export interface DoctorWorld {
  readonly configuration: Configuration;
  readonly clock: Clock;
  /** Only when the store is open. */
  readonly queue: Pick<Queue, 'list'> | undefined;
  /** Only when the store is open. */
  readonly lists: Pick<AdminWorld['lists'], 'dns' | 'local' | 'files' | 'own'> | undefined;
  readonly resolver: Resolver;
  /** Is a server running, so that its ports must answer? */
  readonly serving: boolean;
  /** `undefined`: it does not open. */
  readonly store: Pick<Store, 'accounts' | 'mailboxes'> | undefined;
  readonly masterKeyId: string | undefined;
  readonly recoveryCopy: () => Promise<string | undefined>;
}
