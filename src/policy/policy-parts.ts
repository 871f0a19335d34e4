import type { AttachmentEngine } from '#content/links/attached-links.ts';
import type { HeldRoom } from '#content/attachments/held-files.ts';
import type { LinkRoom } from '#content/links/link-room.ts';
import type { PublicKeyCache } from '#mailauth/dkim/public-key-cache.ts';
import type { PublishedRecords } from '#mailauth/published-records.ts';
import type { VerifySignature } from '#mailauth/dkim/verify-signature.ts';
import type { Clock } from '#platform/clock.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { Counters } from '#store/contract/store.ts';
import type { AuthenticationEngine } from './aside/authenticate-mail.ts';
import type { Greylist } from './greylist.ts';
import type { HarvestWatch } from './harvest-watch.ts';
import type { PolicyLists } from './lists/policy-lists.ts';
import type { OwnLookAlikes } from './own-look-alikes.ts';
import type { OwnNames } from './own-names.ts';
import type { PolicyValues } from './policy-values.ts';
import type { ReplayWatch } from './replay-watch.ts';
import type { TrialBook } from './trials/trial-book.ts';

export interface PolicyWorld {
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly own: OwnNames;
  readonly values: PolicyValues;
  /** Lists by DNS and those kept here; none where left out. */
  readonly lists?: PolicyLists;
  /** Looks into attached files for links; they stay unread where it is left out, and the trace says so. */
  readonly attachments?: AttachmentEngine;
  /** Where signatures are verified; on the thread that asks where it is left out. */
  readonly verify?: VerifySignature;
  /** Verifies signatures and judges DMARC beside the thread that asks; it does so itself where this is left out. */
  readonly authentication?: AuthenticationEngine | undefined;
  /** Other settings on trial; none where left out. */
  readonly trials?: TrialBook;
}

/** With what is remembered from message to message. */
export interface PolicyParts extends PolicyWorld {
  readonly harvest: HarvestWatch;
  readonly replays: ReplayWatch;
  readonly keys: PublicKeyCache;
  readonly records: PublishedRecords;
  readonly greylist: Greylist;
  /** What the attachments of all messages share. */
  readonly heldFiles: HeldRoom;
  /** … and what their texts do. */
  readonly linkRoom: LinkRoom;
  /** … and what their bodies do whose signatures are verified elsewhere. */
  readonly asideRoom: HeldRoom;
  readonly lookAlikes: OwnLookAlikes;
}
