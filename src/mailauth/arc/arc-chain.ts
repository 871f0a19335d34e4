import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { HeaderField } from '#mail/header.ts';
import { arcSetsMax } from '../dkim/bounds.ts';
import type { CanonicalHeader } from '../dkim/canonical-header.ts';
import type { MessageSignature } from '../dkim/signature.ts';
import type { FieldText } from '../dkim/canonical-header.ts';
import { readAuthenticationResults, readMessageSignature, readSeal } from './arc-fields.ts';
import type { Numbered, Seal } from './arc-fields.ts';
import { ArcProblem } from './arc-problem.ts';

/** A field of one ARC set, read. */
export interface Placed<T> {
  readonly field: HeaderField;
  readonly value: T;
}

/** The three fields that a handler adds (RFC 8617 §4.1). */
export interface ArcLink {
  readonly instance: number;
  readonly authenticationResults: Placed<string>;
  readonly messageSignature: Placed<MessageSignature>;
  readonly seal: Placed<Seal>;
}

/**
 * Reads the ARC sets of a message and holds them to the rules of form (RFC 8617 §5.2 steps 1 to 3): each set whole,
 * numbered from 1 without a gap, and each `cv=` as its place asks for. From the first set to the last; without any,
 * an empty chain.
 */
export function readArcChain(header: CanonicalHeader): Result<readonly ArcLink[], ArcProblem> {
  try {
    const chain = links(header);
    const flaw = chain.length === 0 ? undefined : header.flaw();
    if (flaw !== undefined) throw new ArcProblem('structure', flaw.message);
    checkChainValues(chain);
    return ok(chain);
  } catch (problem) {
    if (problem instanceof ArcProblem) return err(problem);
    throw problem;
  }
}

function links(header: CanonicalHeader): readonly ArcLink[] {
  const results = byInstance(header, 'arc-authentication-results', readAuthenticationResults);
  const signatures = byInstance(header, 'arc-message-signature', readMessageSignature);
  const seals = byInstance(header, 'arc-seal', readSeal);
  const count = Math.max(results.size, signatures.size, seals.size);
  return Array.from({ length: count }, (_, index) => {
    const instance = index + 1;
    const authenticationResults = results.get(instance);
    const signature = signatures.get(instance);
    const seal = seals.get(instance);
    if (authenticationResults === undefined || signature === undefined || seal === undefined) {
      throw new ArcProblem('structure', 'a set is missing or lacks one of its three fields');
    }
    return { instance, authenticationResults, messageSignature: signature, seal };
  });
}

const none: ReadonlyMap<number, never> = new Map<number, never>();

function byInstance<T>(
  header: CanonicalHeader,
  name: string,
  read: (field: FieldText) => Numbered<T>,
): ReadonlyMap<number, Placed<T>> {
  const fields = header.fields(name);
  if (fields.length === 0) return none;
  if (fields.length > arcSetsMax) throw new ArcProblem('too-many-sets', `more than ${arcSetsMax} sets`);
  const found = new Map<number, Placed<T>>();
  for (const field of fields) {
    const { instance, value } = read(header.fieldText(field));
    if (found.has(instance)) throw new ArcProblem('structure', 'a set has one of its fields twice');
    found.set(instance, { field, value });
  }
  return found;
}

/** The first seal saw no chain, each later one saw a chain that was whole. */
function checkChainValues(chain: readonly ArcLink[]): void {
  if (chain.at(-1)?.seal.value.chainValue === 'fail') {
    throw new ArcProblem('chain-value', 'the last sealer found the chain broken');
  }
  for (const { instance, seal } of chain) {
    if (seal.value.chainValue !== (instance === 1 ? 'none' : 'pass')) {
      throw new ArcProblem('chain-value', 'a seal contradicts its place in the chain');
    }
  }
}
