import { findFields, headerFieldsMax, splitHeader, unfoldedValue } from '#mail/header.ts';
import type { HeaderBlock } from '#mail/header.ts';
import type { MailParameters, TransactionContext } from './intake.ts';
import type { Finding } from './finding.ts';
import { ownPassesMax, receivedFieldsMax } from './intake-settings.ts';
import { refuse } from './refusal.ts';

export interface HeaderFacts {
  readonly header: Buffer;
  readonly context: TransactionContext;
  readonly mail: MailParameters;
  /** Ours, as it stands in Received fields. */
  readonly hostname: string;
  /** By an exception of address. */
  readonly isRelayed: boolean;
}

export type HeaderVerdict =
  | { readonly kind: 'fit'; readonly block: HeaderBlock }
  | { readonly kind: 'unfit'; readonly finding: Finding };

/** Judges what a header alone can tell, before any of the body is kept. */
export function judgeHeader(facts: HeaderFacts): HeaderVerdict {
  const block = splitHeader(facts.header);
  const finding =
    checkFieldCount(block) ??
    checkLineEnds(facts) ??
    checkLoop(block) ??
    checkOwnPasses(facts, block) ??
    checkOneFrom(facts, block);
  return finding === undefined ? { kind: 'fit', block } : { kind: 'unfit', finding };
}

/** Fields that are not listed could not be judged. */
function checkFieldCount(block: HeaderBlock): Finding | undefined {
  if (block.fields.length < headerFieldsMax) return undefined;
  const refusal = refuse({ code: 552, detail: '3.4', text: 'the message header has too many fields' });
  return { check: 'header', refusal };
}

/** A binary body may hold any octet (RFC 3030 §3), its header lines still end as all lines do. */
function checkLineEnds({ header, mail }: HeaderFacts): Finding | undefined {
  if (mail.bodyType !== 'binary' || !/(?:\r(?!\n)|(?<!\r)\n|\0)/.test(header.toString('latin1')))
    return undefined;
  const refusal = refuse({ code: 550, detail: '6.0', text: 'bare CR, LF or NUL in the message header' });
  return { check: 'header', refusal };
}

/** RFC 5321 §6.3. */
function checkLoop(block: HeaderBlock): Finding | undefined {
  const count = findFields(block, 'received').length;
  if (count <= receivedFieldsMax) return undefined;
  const refusal = refuse({
    code: 554,
    detail: '4.6',
    text: 'too many Received fields: the message goes round in a loop',
  });
  return { check: 'loop', refusal, evidence: { receivedFields: count } };
}

/**
 * RFC 5321 §6.3: servers that hand a message to each other, as one in front and one behind, would do so a hundred times.
 * A list or a forwarder may bring back what went out here, a few times.
 */
function checkOwnPasses({ hostname }: HeaderFacts, block: HeaderBlock): Finding | undefined {
  const own = ` by ${hostname} `;
  const passes = findFields(block, 'received').filter((field) =>
    unfoldedValue(block, field).replaceAll(/\s+/g, ' ').includes(own),
  ).length;
  if (passes <= ownPassesMax) return undefined;
  const text = `the message goes round in a loop: it has come through ${hostname} ${passes} times`;
  return { check: 'loop', refusal: refuse({ code: 554, detail: '4.6', text }), evidence: { passes } };
}

/** RFC 5322 §3.6: one From; with two, a reader may show the one that was not judged (P-13). */
function checkOneFrom({ context, isRelayed }: HeaderFacts, block: HeaderBlock): Finding | undefined {
  if ((context.role !== 'submission' && !isRelayed) || findFields(block, 'from').length < 2) return undefined;
  const refusal = refuse({ code: 550, detail: '6.0', text: 'the message has more than one From field' });
  return { check: 'header-from', refusal };
}
