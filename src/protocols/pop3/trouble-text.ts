import type { Trouble } from '#store/contract/trouble.ts';

/** What a client hears of the world's trouble; RFC 3206 SYS/TEMP: come again later. */
export function troubleText(trouble: Trouble): string {
  return trouble.code === 'not-found'
    ? 'That message is no longer there'
    : '[SYS/TEMP] The mailbox cannot be reached just now, try again later';
}
