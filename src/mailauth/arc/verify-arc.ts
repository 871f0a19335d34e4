import type { Result } from '#base/result.ts';
import type { HeaderField } from '#mail/header.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import { authenticationResultsBytesMax } from '../dkim/bounds.ts';
import { checkMessageSignature } from '../dkim/check-message-signature.ts';
import type { SignedMessage } from '../dkim/check-message-signature.ts';
import { signedFields } from '../dkim/signed-fields.ts';
import type { SignedFields } from '../dkim/signed-fields.ts';
import { DkimProblem } from '../dkim/dkim-problem.ts';
import { verifyData } from '../dkim/verify-data.ts';
import { relaxedField } from '../relaxed-field.ts';
import type { ArcLink } from './arc-chain.ts';
import type { ArcCheck, ArcOutcome, ArcSet } from './arc-outcome.ts';
import { ArcProblem } from './arc-problem.ts';

/**
 * Validates the ARC chain of a message (I-42, RFC 8617 §5.2): the last message signature, then every seal from the
 * last to the first; the first failure ends it. Older message signatures need not hold any more and are not looked at.
 * Asks for keys; never rejects.
 */
export async function verifyArc(
  chain: Result<readonly ArcLink[], ArcProblem>,
  message: SignedMessage,
): Promise<ArcOutcome> {
  if (!chain.ok) return { ...failed(chain.error), ...nothing };
  const last = chain.value.at(-1)?.messageSignature;
  if (last === undefined)
    return { result: 'none', reason: 'none', detail: 'there is no ARC chain', ...nothing };
  const checks = new Map<HeaderField, ArcCheck>();
  const { fields, coverage } = signedFields(message.header, last.value.names, last.field);
  const problem = await firstProblem(chain.value, { ...message, fields }, checks);
  const sets = chain.value.map((link) => evidence(link, checks));
  const { unsigned } = coverage;
  const asked = message.keys.lookUp.questions;
  if (problem !== undefined) return { ...failed(problem), sets, unsigned, asked };
  const detail = 'the last signature and all seals are whole';
  return { result: 'pass', reason: 'verified', detail, sets, unsigned, asked };
}

const nothing = { sets: [], unsigned: [], asked: [] } as const;

function failed({ reason, message: detail }: ArcProblem): Omit<ArcOutcome, keyof typeof nothing> {
  return { result: 'fail', reason, detail };
}

/** Writes into `checks` what came of each field that was looked at. */
async function firstProblem(
  links: readonly ArcLink[],
  message: SignedMessage & Pick<SignedFields, 'fields'>,
  checks: Map<HeaderField, ArcCheck>,
): Promise<ArcProblem | undefined> {
  const last = links.at(-1)?.messageSignature;
  if (last === undefined) return undefined;
  const { problem } = await checkMessageSignature(last.value, message.fields, message);
  checks.set(last.field, checkOf(problem));
  if (problem !== undefined) return arcProblem('message-signature', links.length, problem);
  // All keys are asked for at once; the seals are judged one after the other.
  for (const { seal } of links) void message.keys.lookUp.find(seal.value);
  for (const link of links.toReversed()) {
    // oxlint-disable-next-line no-await-in-loop -- the first failure ends it
    const broken = await sealProblem(links, link, message);
    checks.set(link.seal.field, checkOf(broken));
    if (broken !== undefined) return arcProblem('seal', link.instance, broken);
  }
  return undefined;
}

function checkOf(problem: DkimProblem | undefined): ArcCheck {
  if (problem === undefined) return 'pass';
  return problem.reason === 'dns' ? 'temperror' : 'fail';
}

function arcProblem(reason: 'seal' | 'message-signature', instance: number, cause: DkimProblem): ArcProblem {
  const which = `${reason === 'seal' ? 'the seal' : 'the message signature'} of set ${instance}`;
  return new ArcProblem(cause.reason === 'dns' ? 'dns' : reason, `${which}: ${cause.message}`);
}

async function sealProblem(
  links: readonly ArcLink[],
  link: ArcLink,
  message: SignedMessage,
): Promise<DkimProblem | undefined> {
  const verified = await verifyData(link.seal.value, sealedData(links, link, message), message.keys);
  if (!verified.ok) return verified.error;
  return verified.value.intact ? undefined : new DkimProblem('header-changed', 'what it seals was changed');
}

/** RFC 8617 §5.1.1: the fields of all sets up to this one, always relaxed, its own seal last and without `b=`. */
function sealedData(links: readonly ArcLink[], link: ArcLink, { header }: SignedMessage): string {
  const fields = links
    .slice(0, link.instance)
    .flatMap(({ authenticationResults, messageSignature, seal }) => [
      authenticationResults.field,
      messageSignature.field,
      seal.field,
    ]);
  const before = fields.slice(0, -1).map((field) => header.canonical(field, 'relaxed'));
  return before.join('') + relaxedField(link.seal.value.unsigned);
}

function evidence(link: ArcLink, checks: ReadonlyMap<HeaderField, ArcCheck>): ArcSet {
  const { instance, authenticationResults, messageSignature, seal } = link;
  return {
    instance,
    sealer: seal.value.domain,
    selector: seal.value.selector,
    chainValue: seal.value.chainValue,
    seal: checks.get(seal.field) ?? 'unchecked',
    messageSignature: checks.get(messageSignature.field) ?? 'unchecked',
    authenticationResults: cleanForeignText(authenticationResults.value, authenticationResultsBytesMax),
  };
}
