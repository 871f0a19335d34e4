import type { Authenticator } from '#identity/authenticator.ts';
import type { Intake } from '#delivery/receive/intake.ts';
import { receiveSettings } from '#delivery/receive/receive-settings.ts';
import type { Configuration } from '#config/configuration.ts';
import type { ListenerRole, SessionFactory } from '#protocols/conversation.ts';
import { createImapFactory } from '#protocols/imap/factory.ts';
import type { Store } from '#store/contract/store.ts';
import type { LiveSettings } from '../live-settings.ts';
import type { World } from './world.ts';

export interface FactoryParts {
  readonly configuration: Configuration;
  readonly store: Store;
  readonly settings: LiveSettings;
  readonly world: World;
  readonly authenticator: Authenticator;
  readonly intake: Intake;
}

/** Each role's protocol. */
export function makeFactories(parts: FactoryParts): ReadonlyMap<ListenerRole, SessionFactory> {
  const { store, authenticator, settings, world } = parts;
  const imap = createImapFactory({
    authenticator,
    openStore: () => store,
    clock: world.clock,
    appendSizeBytesMax: settings.value(receiveSettings.messageBytesMax),
  });
  return new Map<ListenerRole, SessionFactory>([['imap', imap]]);
}
