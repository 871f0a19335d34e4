import { unreachable } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { printable } from '../grammar/cursor.ts';
import { refused } from './done.ts';
import type { Done } from './done.ts';

/** What the store finds invalid, in words. */
const reasons: Readonly<Record<string, string>> = {
  'mailbox-name': 'mailbox names have no empty level and no control characters',
  'rename-below-itself': 'a mailbox cannot be moved below itself',
  inbox: 'INBOX always exists',
};

/** The one mapping from the store's trouble to response codes (RFC 9051 §7.1, RFC 5530). Paths and details stay inside. */
export function troubleDone(trouble: Trouble): Done {
  switch (trouble.code) {
    case 'not-found':
      // No code: those that there are speak of the mailbox that was named, and a client would act on them.
      if (trouble.what === 'account') return refused('This account no longer exists');
      return refused(`No such ${printable(trouble.what)}`, 'NONEXISTENT');
    case 'exists':
      return refused(`There is already such a ${printable(trouble.what)}`, 'ALREADYEXISTS');
    case 'conflict':
      return refused('Something else changed this at the same moment; try again', 'INUSE');
    case 'over-quota':
      return refused(quotaText(trouble), 'OVERQUOTA');
    case 'limit':
      return refused(`The limit of ${trouble.max} (${printable(trouble.what)}) is reached`, 'LIMIT');
    case 'invalid':
      return refused(`Not possible: ${reasons[trouble.what] ?? printable(trouble.what)}`, 'CANNOT');
    case 'disk-full':
      return refused(
        'The server is short of disk space; deleting is possible, storing is not',
        'UNAVAILABLE',
      );
    case 'fenced':
      return refused(
        'This account is out of use until its data has been checked; mail for it is kept, try again later',
        'UNAVAILABLE',
      );
    case 'unavailable':
      return refused('The mail store cannot be reached at the moment; try again later', 'UNAVAILABLE');
    default:
      return unreachable(trouble);
  }
}

/** The same for a mailbox that a message should go into: it may be made first (RFC 9051 §6.3.12, §6.4.7). */
export function targetTroubleDone(trouble: Trouble): Done {
  return trouble.code === 'not-found' && trouble.what === 'mailbox'
    ? refused('No such mailbox; create it first', 'TRYCREATE')
    : troubleDone(trouble);
}

function quotaText(trouble: Extract<Trouble, { code: 'over-quota' }>): string {
  const what = trouble.limit === 'bytes' ? 'space' : 'messages';
  return `The ${trouble.scope} has reached its quota of ${what}`;
}

/** Thrown where the world's trouble meets a reply that has been half said: only closing the connection is left. */
export class BrokenOff extends Error {}
