import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { keyRecordCharsMax } from './bounds.ts';
import { DkimProblem } from './dkim-problem.ts';
import { parseTagList, trimFws, withoutFws } from './tag-list.ts';
import type { TagList } from './tag-list.ts';

/** A key as DNS has it (RFC 6376 §3.6.1), fit to verify SHA-256 signatures of mail. */
export interface KeyRecord {
  readonly type: 'rsa' | 'ed25519';
  /** `p=`, base64 without white space; not yet read. */
  readonly p: string;
  /** `t=y`. */
  readonly testing: boolean;
  /** `t=s`: the domain of `i=` must be `d=` itself. */
  readonly strictIdentity: boolean;
}

/** `g=` of RFC 4871 is gone and passed over like every tag that is not known. */
export function readKeyRecord(text: string): Result<KeyRecord, DkimProblem> {
  if (text.length > keyRecordCharsMax) {
    return err(new DkimProblem('key-record-too-long', 'the key record is too long'));
  }
  const tags = parseTagList(trimFws(text));
  if (tags === undefined) return err(new DkimProblem('key-syntax', 'the key record is no list of tags'));
  const problem = unfit(tags);
  if (problem !== undefined) return err(problem);
  const flags = listOf(tags, 't');
  return ok({
    type: tags.get('k')?.value === 'ed25519' ? 'ed25519' : 'rsa',
    p: withoutFws(tags.get('p')?.value ?? ''),
    testing: flags.includes('y'),
    strictIdentity: flags.includes('s'),
  });
}

function unfit(tags: TagList): DkimProblem | undefined {
  if (tags.has('v') && (tags.get('v')?.value !== 'DKIM1' || tags.keys().next().value !== 'v')) {
    return new DkimProblem('key-syntax', 'the record is no DKIM key');
  }
  const p = tags.get('p')?.value;
  if (p === undefined) return new DkimProblem('key-syntax', 'the record has no key');
  if (p === '') return new DkimProblem('key-revoked', 'the key was revoked');
  const k = tags.get('k')?.value ?? 'rsa';
  if (k !== 'rsa' && k !== 'ed25519')
    return new DkimProblem('key-type', 'a type of key that is not known here');
  if (tags.has('h') && !listOf(tags, 'h').includes('sha256')) {
    return new DkimProblem('key-hash', 'the key is not for SHA-256');
  }
  const services = tags.has('s') ? listOf(tags, 's') : ['*'];
  if (!services.includes('*') && !services.includes('email')) {
    return new DkimProblem('key-service', 'the key is not for mail');
  }
  return undefined;
}

function listOf(tags: TagList, name: string): readonly string[] {
  return tags.get(name)?.value.split(':').map(trimFws) ?? [];
}
