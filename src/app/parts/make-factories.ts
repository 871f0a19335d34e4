import type { Authenticator } from '#identity/authenticator.ts';
import type { Intake } from '#delivery/receive/intake.ts';
import { receiveSettings } from '#delivery/receive/receive-settings.ts';
import type { Domain } from '#mail/domain.ts';
import type { ListenerRole, SessionFactory } from '#protocols/conversation.ts';
import { createImapFactory } from '#protocols/imap/factory.ts';
import { createPop3Factory } from '#protocols/pop3/factory.ts';
import type { SmtpOptions, SmtpRole, SmtpTarpit } from '#protocols/smtp/server/smtp-options.ts';
import { smtpBudgetSettings } from '#protocols/smtp/server/smtp-budget-settings.ts';
import { defaultSmtpLimits } from '#protocols/smtp/server/smtp-options.ts';
import { createSmtpFactory } from '#protocols/smtp/server/smtp-session.ts';
import type { Store } from '#store/contract/store.ts';
import type { LiveSettings } from '../live-settings.ts';
import type { World } from './world.ts';

export interface FactoryParts {
  readonly hostname: Domain;
  /** Where `<postmaster>` without a domain belongs, now. */
  readonly firstDomain: () => Domain;
  readonly store: Store;
  readonly settings: LiveSettings;
  readonly world: World;
  readonly authenticator: Authenticator;
  readonly intake: Intake;
  readonly tarpit: SmtpTarpit;
}

/** Each role's protocol. */
export function makeFactories(parts: FactoryParts): ReadonlyMap<ListenerRole, SessionFactory> {
  const { store, authenticator, settings, world } = parts;
  const openStore = (): Store => store;
  const imap = createImapFactory({
    authenticator,
    openStore,
    clock: world.clock,
    events: world.events,
    get appendSizeBytesMax() {
      return settings.value(receiveSettings.messageBytesMax);
    },
  });
  return new Map<ListenerRole, SessionFactory>([
    ['mx', createSmtpFactory(smtpOptions(parts, 'mx'))],
    ['submission', createSmtpFactory(smtpOptions(parts, 'submission'))],
    ['lmtp', createSmtpFactory(smtpOptions(parts, 'lmtp'))],
    ['imap', imap],
    ['pop3', createPop3Factory({ authenticator, openStore, events: world.events })],
  ]);
}

function smtpOptions(parts: FactoryParts, role: SmtpRole): SmtpOptions {
  const { settings, firstDomain, hostname, intake, authenticator, world } = parts;
  return {
    role,
    hostname,
    get postmasterDomain() {
      return firstDomain();
    },
    intake,
    clock: world.clock,
    authenticator: role === 'submission' ? authenticator : undefined,
    tarpit: role === 'mx' ? parts.tarpit : undefined,
    limits: {
      ...defaultSmtpLimits,
      get messageBytesMax() {
        return settings.value(receiveSettings.messageBytesMax);
      },
      get wrongCommandsMax() {
        return settings.value(smtpBudgetSettings.wrongCommandsMax);
      },
      get refusedRecipientsMax() {
        return settings.value(smtpBudgetSettings.refusedRecipientsMax);
      },
      get idleCommandsMax() {
        return settings.value(smtpBudgetSettings.idleCommandsMax);
      },
      get failedLoginsMax() {
        return settings.value(smtpBudgetSettings.failedLoginsMax);
      },
    },
  };
}
