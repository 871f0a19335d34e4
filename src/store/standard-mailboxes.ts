import type { SpecialUse } from './contract/messages.ts';

/** What every account begins with (RFC 6154), all subscribed. */
export const standardMailboxes: readonly (readonly [name: string, specialUse: SpecialUse | undefined])[] = [
  ['INBOX', undefined],
  ['Drafts', '\\Drafts'],
  ['Sent', '\\Sent'],
  ['Junk', '\\Junk'],
  ['Trash', '\\Trash'],
  ['Archive', '\\Archive'],
];
