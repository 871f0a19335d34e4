import type { AccountId } from '#base/id.ts';
import type { Authenticator, Identity, LoginContext } from '#identity/authenticator.ts';
import type { Clock } from '#platform/clock.ts';
import type { Store } from '#store/contract/store.ts';
import type { EventSink } from '#trace/events.ts';
import type { MailboxViews } from '#store/views.ts';
import type { ConnectionFacts } from '#protocols/conversation.ts';
import type { NameCoding } from './grammar/mailbox-name.ts';
import type { SelectedMailbox } from './selected-mailbox.ts';

/** What a logged-in session may reach of the store. */
export type ImapStore = Pick<Store, 'mailboxes' | 'messages' | 'changes' | 'blobs'>;

/** What every state has. */
export interface AnyWorld {
  readonly kind: 'guest' | 'account';
  readonly clock: Clock;
  /** The capabilities of this moment, joined by spaces. */
  capabilities(): string;
}

/** Before login: no store, nothing of anybody (DESIGN §4). */
export interface GuestWorld extends AnyWorld {
  readonly kind: 'guest';
  readonly facts: ConnectionFacts;
  readonly authenticator: Authenticator;
  readonly events: EventSink;
  /** With the TLS of this moment. */
  readonly login: LoginContext;
}

/** Behaviour that a client has asked for with ENABLE (RFC 9051 §6.3.1). */
export type Enableable = 'IMAP4rev2';

/** After login, with or without a selected mailbox. */
export class AccountWorld implements AnyWorld {
  readonly kind = 'account';
  readonly identity: Identity;
  readonly store: ImapStore;
  readonly views: MailboxViews;
  readonly clock: Clock;
  readonly appendSizeBytesMax: number;
  readonly enabled = new Set<Enableable>();
  /** COMPRESS was answered with OK (RFC 4978). */
  isCompressed = false;
  /** Called when there may be news for the session. */
  readonly wake: () => void;
  readonly capabilities: () => string;
  #selected: SelectedMailbox | undefined;

  constructor(
    identity: Identity,
    parts: Pick<AccountWorld, 'store' | 'views' | 'clock' | 'appendSizeBytesMax' | 'wake' | 'capabilities'>,
  ) {
    this.identity = identity;
    this.store = parts.store;
    this.views = parts.views;
    this.clock = parts.clock;
    this.appendSizeBytesMax = parts.appendSizeBytesMax;
    this.wake = parts.wake;
    this.capabilities = parts.capabilities;
  }

  get account(): AccountId {
    return this.identity.account;
  }

  get selected(): SelectedMailbox | undefined {
    return this.#selected;
  }

  get rev2(): boolean {
    return this.enabled.has('IMAP4rev2');
  }

  get coding(): NameCoding {
    return this.rev2 ? 'utf8' : 'utf7';
  }

  /** The one place that selects and deselects. */
  select(next: SelectedMailbox | undefined): void {
    this.#selected?.reader.close();
    this.#selected = next;
  }
}

/** After SELECT or EXAMINE. */
export type SelectedWorld = AccountWorld & { readonly selected: SelectedMailbox };

export function isSelected(world: AccountWorld): world is SelectedWorld {
  return world.selected !== undefined;
}
