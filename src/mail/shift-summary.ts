import type { ByteRange, MessageSummary, Part } from './summary.ts';

/**
 * The summary of the same message with `prefixBytes` of further header fields in front (whole lines: Received,
 * Return-Path, none of which a summary reads). The first header begins at 0 still.
 */
export function shiftSummary(summary: MessageSummary, prefixBytes: number): MessageSummary {
  if (prefixBytes === 0) return summary;
  const structure = shiftPart(summary.structure, prefixBytes);
  return {
    ...summary,
    sizeBytes: summary.sizeBytes + prefixBytes,
    structure: { ...structure, header: { start: 0, end: structure.header.end } },
  };
}

function shiftPart(part: Part, by: number): Part {
  const { message } = part;
  return {
    ...part,
    header: shiftRange(part.header, by),
    body: shiftRange(part.body, by),
    parts: part.parts.map((child) => shiftPart(child, by)),
    message: message === undefined ? undefined : { ...message, structure: shiftPart(message.structure, by) },
  };
}

function shiftRange(range: ByteRange, by: number): ByteRange {
  return { start: range.start + by, end: range.end + by };
}
