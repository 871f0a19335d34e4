import type { Result } from '#base/result.ts';
import { err, unreachable } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { AdminError, ErrorCode } from './errors.ts';
import { adminError } from './errors.ts';

/** What this operation calls the store's general troubles. */
export interface TroubleWords {
  /** What it is about, as the person gave it. */
  readonly where: string;
  readonly missing?: ErrorCode;
  readonly conflict?: ErrorCode;
}

/** The store's trouble as an administrator's error. */
export function troubleError(trouble: Trouble, words: TroubleWords): AdminError {
  const { where } = words;
  switch (trouble.code) {
    case 'not-found':
      if (trouble.what === 'domain' && words.missing !== 'domain-not-found')
        return adminError('domain-unknown', `${where}: this server does not serve the domain`, where);
      return adminError(words.missing ?? 'not-found', `${where} does not exist`, where);
    case 'exists':
      return adminError('exists', `${where} exists already`, where);
    case 'conflict':
      return adminError(words.conflict ?? 'conflict', sentence(where, trouble.what), where);
    case 'over-quota':
      return adminError(
        'over-quota',
        `the ${trouble.scope}'s quota of ${trouble.limit} does not allow it`,
        where,
      );
    case 'limit':
      return adminError('limit', `${trouble.what}: at most ${trouble.max}`, where);
    case 'invalid':
      return adminError(
        trouble.what.includes('reserved') ? 'name-reserved' : 'value-invalid',
        sentence(where, trouble.what),
        where,
      );
    case 'disk-full':
      return adminError('disk-full', trouble.detail, where);
    case 'fenced':
      return adminError('file-fenced', `${trouble.file}: ${trouble.detail}`, trouble.file);
    case 'unavailable':
      return adminError('unavailable', trouble.detail, where);
    default:
      return unreachable(trouble);
  }
}

function sentence(where: string, what: string): string {
  const words = inWords.get(what);
  return words === undefined ? `${where}: ${what}` : `${where} ${words}`;
}

/** The store's short words for an administrator. */
const inWords: ReadonlyMap<string, string> = new Map([
  ['domain-in-use', 'still has accounts or aliases'],
  ['reserved-name', 'is a reserved name'],
  ['trace-id', 'is not enough to tell one trace from others'],
  ['setting', 'was changed by somebody else meanwhile'],
  ['queue', 'is whole: nothing is to be done'],
  ['lease', 'is being delivered just now'],
  ['mailbox-name', 'cannot be the name of a mailbox'],
]);

export function failed(trouble: Trouble, words: TroubleWords): Result<never, AdminError> {
  return err(troubleError(trouble, words));
}
