import type { ConnectRefusal } from '../local-lists/connect-refusal.ts';
import type { LocalListBook } from '../local-lists/local-list-book.ts';
import type { ListAsker } from './list-asker.ts';

/** The lists that facts ask: those by DNS and those of this server. */
export interface PolicyLists {
  readonly dns: ListAsker;
  readonly local: Pick<LocalListBook, 'findClient' | 'findAddress' | 'findDomain' | 'isEmpty' | 'hasSenders'>;
  /** Read at each connection; nobody is refused there where it is left out. */
  readonly connect?: { readonly refuseAtConnect: ConnectRefusal };
}
