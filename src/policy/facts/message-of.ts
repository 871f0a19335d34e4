import type { FactSources, MessageSources } from '../fact-sources.ts';

/** The message; only checks of its stage read facts about it, which a test of the table holds. */
export function messageOf({ message }: FactSources): MessageSources {
  if (message === undefined) throw new Error('a fact about the message was read before it came');
  return message;
}
