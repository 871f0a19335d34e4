import { HeldRoom } from '#content/attachments/held-files.ts';
import { createPublicKeyCache } from '#mailauth/dkim/public-key-cache.ts';
import { Greylist } from './greylist.ts';
import { HarvestWatch } from './harvest-watch.ts';
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
      greylist: new Greylist(world),
      heldFiles: new HeldRoom(),
      lookAlikes: new OwnLookAlikes(world.own),
    };
  }

  begin(start: MessageStart): MessagePolicy {
    return new MessagePolicy(this.#parts, start);
  }
}
