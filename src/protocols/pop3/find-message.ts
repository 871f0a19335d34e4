import { mistake } from './command.ts';
import type { Answer } from './command.ts';
import type { Listed } from './maildrop.ts';
import { readNumber } from './read-command.ts';
import type { AccountWorld } from './world.ts';

/** The message that an argument names, or the answer that there is none. */
export function findMessage(
  { maildrop }: AccountWorld,
  argument: string | undefined,
): { readonly found: Listed } | { readonly missing: Answer } {
  const number = readNumber(argument);
  const message = number === undefined ? undefined : maildrop.message(number);
  return message === undefined ? { missing: mistake('No such message') } : { found: message };
}
