import type { ClientAddress } from '#base/client-address.ts';
import { HeldRoom } from '#content/attachments/held-files.ts';
import { LinkRoom } from '#content/links/link-room.ts';
import { createPublicKeyCache } from '#mailauth/dkim/public-key-cache.ts';
import { createPublishedRecords } from '#mailauth/published-records.ts';
import { asideAllBytesMax } from './aside/signatures-aside.ts';
import { Greylist } from './greylist.ts';
import { HarvestWatch } from './harvest-watch.ts';
import { connectBlock } from './local-lists/connect-block.ts';
import type { LocalListed } from './local-lists/local-listed.ts';
import { MessagePolicy } from './message-policy.ts';
import type { MessageStart } from './message-policy.ts';
import { OwnLookAlikes } from './own-look-alikes.ts';
import type { PolicyParts, PolicyWorld } from './policy-parts.ts';
import { ReplayWatch } from './replay-watch.ts';

/** Judges mail from outside (DESIGN §5). One for the process: it remembers who asked for what. */
export class Policy {
  readonly #parts: PolicyParts;

  constructor(world: PolicyWorld) {
    this.#parts = {
      ...world,
      harvest: new HarvestWatch(world.clock),
      replays: new ReplayWatch(world.clock),
      keys: createPublicKeyCache(),
      records: createPublishedRecords(),
      greylist: new Greylist(world),
      heldFiles: new HeldRoom(),
      asideRoom: new HeldRoom(asideAllBytesMax),
      linkRoom: new LinkRoom(() => world.clock.monotonic()),
      lookAlikes: new OwnLookAlikes(world.own),
    };
  }

  /** Why a client is refused before it says a word (P-24). */
  connecting(client: ClientAddress): LocalListed | undefined {
    const { lists, values } = this.#parts;
    if (lists === undefined || lists.local.isEmpty) return undefined;
    return connectBlock(
      { local: lists.local, refuses: lists.connect?.refuseAtConnect ?? 'never', values },
      client,
    );
  }

  begin(start: MessageStart): MessagePolicy {
    return new MessagePolicy(this.#parts, start);
  }
}
