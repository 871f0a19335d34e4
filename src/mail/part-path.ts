import type { ByteRange, MessageSummary, Part } from './summary.ts';

/** What a section names: a part's content, or a piece of the message that it is (RFC 9051 §6.4.5.1). */
export type SectionText = 'HEADER' | 'TEXT' | 'MIME';

/**
 * The part with this number (RFC 9051 §6.4.5.1): parts of a multipart count from 1; a part that is no multipart has
 * one part, 1, itself; numbers below a message/rfc822 count in the message inside. The empty path is the message.
 */
export function findPart(structure: Part, path: readonly number[]): Part | undefined {
  let scope: Part = structure;
  let part: Part | undefined = structure;
  for (const [index, number] of path.entries()) {
    if (index > 0) {
      const inner = innerOf(scope);
      if (inner === undefined) return undefined;
      scope = inner;
    }
    part = scope.type === 'multipart' ? scope.parts[number - 1] : number === 1 ? scope : undefined;
    if (part === undefined) return undefined;
    scope = part;
  }
  return part;
}

/** Where numbers below a part count: in itself when it is a multipart, in the message when it is one. */
function innerOf(part: Part): Part | undefined {
  if (part.type === 'multipart') return part;
  return part.message?.structure;
}

/**
 * The bytes that a section names, `undefined` when the message has no such part (RFC 9051 §6.4.5.1).
 * - no path, no text: the whole message
 * - `HEADER`, `TEXT`: of the message, or of the message/rfc822 with that number; of no other part
 * - `MIME`: the part's own header; needs a number
 * - a number alone: the part's body, still encoded
 */
export function sectionRange(
  summary: MessageSummary,
  path: readonly number[],
  text?: SectionText,
): ByteRange | undefined {
  if (path.length === 0) return ofMessage(summary.structure, summary.sizeBytes, text);
  const part = findPart(summary.structure, path);
  if (part === undefined) return undefined;
  if (text === undefined) return part.body;
  if (text === 'MIME') return part.header;
  const inner = part.message?.structure;
  return inner === undefined ? undefined : text === 'HEADER' ? inner.header : inner.body;
}

function ofMessage(structure: Part, sizeBytes: number, text: SectionText | undefined): ByteRange | undefined {
  if (text === undefined) return { start: 0, end: sizeBytes };
  if (text === 'MIME') return undefined;
  return text === 'HEADER' ? structure.header : structure.body;
}
