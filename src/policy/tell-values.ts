import { cleanForeignText } from '#trace/foreign-text.ts';
import { checks } from './checks.ts';
import type { PolicyVerdict } from './combine-findings.ts';

const envelopeChecks: ReadonlySet<string> = new Set(
  checks.filter((check) => check.class === 'envelope').map(({ name }) => name),
);
/** Of a name of HELO, in a reply; longer ones are nobody's. */
const heloBytesMax = 120;

export interface ToldValues {
  readonly client: string;
  readonly helo: string;
  readonly isClientUnknown?: boolean;
}

/** P-17: who is refused for the envelope hears which check it was, and of which address and HELO name. */
export function tellValues(
  verdict: PolicyVerdict,
  { client, helo, isClientUnknown = false }: ToldValues,
): PolicyVerdict {
  const { action, by, reply } = verdict;
  const isTold = action === 'refuse' || action === 'defer' || action === 'greylist';
  // Who speaks for others is nobody's to know.
  if (!isTold || isClientUnknown || !envelopeChecks.has(by)) return verdict;
  const values = `${by}: client ${client}, EHLO ${cleanForeignText(helo, heloBytesMax)}`;
  return { ...verdict, reply: { ...reply, text: `${reply.text} (${values})` } };
}
