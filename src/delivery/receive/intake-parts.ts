import type { ClientAddress } from '#base/client-address.ts';
import type { Clock } from '#platform/clock.ts';
import type { DownstreamRecipients } from '#delivery/downstream/downstream-recipients.ts';
import type { Random } from '#platform/random.ts';
import type { Lease } from '#store/contract/queue.ts';
import type { Store } from '#store/contract/store.ts';
import type { ReportDesk } from '#policy/dmarc-reports/report-desk.ts';
import type { BlockFeed } from '#policy/local-lists/block-feed.ts';
import type { Policy } from '#policy/policy.ts';
import type { RelayBook } from '#policy/relay/relay-book.ts';
import type { RuleBook } from '#policy/rules/rule-book.ts';
import type { EventSink } from '#trace/events.ts';
import type { IntakeSettings } from './intake-settings.ts';
import type { SendingLimits } from './sending-limits.ts';

export interface IntakeParts {
  readonly store: Pick<Store, 'domains' | 'accounts' | 'messages' | 'queue' | 'blobs' | 'traces'>;
  /** As it stands in our Received field. */
  readonly hostname: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Read for each transaction: hand in a record with getters where settings may change. */
  readonly settings: IntakeSettings;
  readonly events: EventSink;
  /** Judges mail from outside; without it everything is taken that is well formed. */
  readonly policy?: Policy | undefined;
  /** Which addresses the servers behind this one have; without it nobody asks them (I-88). */
  readonly downstream?: Pick<DownstreamRecipients, 'ask' | 'remembered'> | undefined;
  /** How much accounts and relay entries may send; without it, as much as they like (I-90). */
  readonly sending?: SendingLimits | undefined;
  /** Who may send to others by address alone (P-10). */
  readonly relays?: Pick<RelayBook, 'find'> | undefined;
  /** The banned network that an address belongs to; asked of those whose mail a gateway brings (I-59). */
  readonly banned?: ((client: ClientAddress) => string | undefined) | undefined;
  /** Hears what became of mail from outside, and knows the traps (P-25). */
  readonly feed?: Pick<BlockFeed, 'isTrap' | 'judged'> | undefined;
  /** Reads reports on our domains once they are accepted; without it they are mail like any other (I-46). */
  readonly reports?: Pick<ReportDesk, 'take'> | undefined;
  /** What the administrator has decided about certain mail, on every role (I-89). */
  readonly rules?: Pick<RuleBook, 'judge' | 'isEmpty' | 'ceiling'> | undefined;
  /**
   * Who works on what was just accepted, from memory. Without it the queue runner finds it. `dispatch` returns at once.
   */
  readonly lease:
    | { readonly owner: string; readonly leaseMs: number; dispatch(leases: readonly Lease[]): void }
    | undefined;
}
