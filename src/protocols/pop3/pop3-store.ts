import type { Store } from '#store/contract/store.ts';

/** What POP3 asks of the store. */
export type Pop3Store = Pick<Store, 'mailboxes' | 'messages'>;
