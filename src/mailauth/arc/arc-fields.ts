import type { Result } from '#base/result.ts';
import { skipCfws } from '#mail/cfws.ts';
import { unfold } from '#mail/header.ts';
import { arcSetsMax, signatureFieldCharsMax } from '../dkim/bounds.ts';
import type { DkimProblem } from '../dkim/dkim-problem.ts';
import { keySignature, messageSignature, readTagList, readTags } from '../dkim/signature.ts';
import type { KeySignature, MessageSignature } from '../dkim/signature.ts';
import type { FieldText } from '../dkim/canonical-header.ts';
import { requiredTag, timeTag } from '../dkim/signature-tags.ts';
import type { TagList } from '../dkim/tag-list.ts';
import { ArcProblem } from './arc-problem.ts';

// Readers of the three fields of an ARC set (RFC 8617 §4.1). They throw `ArcProblem`, which `readArcChain` catches.

/** What a field says, and to which set it belongs. */
export interface Numbered<T> {
  readonly instance: number;
  readonly value: T;
}

/** `ARC-Seal`, §4.1.3. */
export interface Seal extends KeySignature {
  readonly chainValue: 'none' | 'pass' | 'fail';
}

export function readSeal(field: FieldText): Numbered<Seal> {
  return unwrap(
    readTags(readTagList(field), (tags) => {
      // "the 'h' tag is not allowed and, if found, MUST result in a cv status of fail".
      if (tags.has('h')) throw new ArcProblem('syntax', 'a seal has h=');
      timeTag(tags, 't');
      return {
        instance: instanceTag(tags),
        value: { ...keySignature(tags, field), chainValue: chainValueTag(tags) },
      };
    }),
  );
}

/** `ARC-Message-Signature`, §4.1.2: a DKIM signature whose `i=` is the number of its set. Without `c=`: decision DK-5. */
export function readMessageSignature(field: FieldText): Numbered<MessageSignature> {
  return unwrap(
    readTags(readTagList(field), (tags) => {
      const value = messageSignature(tags, field, 'relaxed');
      if (value.names.includes('arc-seal'))
        throw new ArcProblem('syntax', 'a message signature covers seals');
      return { instance: instanceTag(tags), value };
    }),
  );
}

/** `ARC-Authentication-Results`, §4.1.1: `i=N;` and what Authentication-Results would say, on one line. */
export function readAuthenticationResults({ text, valueStart }: FieldText): Numbered<string> {
  if (text.length > signatureFieldCharsMax) throw new ArcProblem('syntax', 'a field is too long');
  const value = unfold(text.slice(valueStart));
  const equals = afterToken(value, 0, 'i');
  const number = skipCfws(value, afterToken(value, equals, '='));
  const digits = /^[0-9]{1,2}/.exec(value.slice(number, number + 2))?.[0] ?? '';
  const end = afterToken(value, number + digits.length, ';');
  return { instance: instance(digits), value: value.slice(end).trim() };
}

function afterToken(value: string, from: number, token: string): number {
  const at = skipCfws(value, from);
  if (value[at] !== token)
    throw new ArcProblem('structure', 'authentication results without the number of a set');
  return at + 1;
}

function unwrap<T>(read: Result<T, DkimProblem>): T {
  if (read.ok) return read.value;
  throw new ArcProblem('syntax', read.error.message);
}

function instanceTag(tags: TagList): number {
  return instance(requiredTag(tags, 'i'));
}

/** §4.2.1: 1 to 50. */
function instance(digits: string): number {
  const number = /^[0-9]{1,2}$/.test(digits) ? Number(digits) : 0;
  if (number < 1 || number > arcSetsMax)
    throw new ArcProblem('structure', `a set has no number from 1 to ${arcSetsMax}`);
  return number;
}

function chainValueTag(tags: TagList): Seal['chainValue'] {
  const value = requiredTag(tags, 'cv');
  if (value === 'none' || value === 'pass' || value === 'fail') return value;
  throw new ArcProblem('chain-value', 'a seal says nothing known of the chain before it');
}
