import { sectionRange } from '#mail/part-path.ts';
import type { ByteRange } from '#mail/summary.ts';
import type { Need } from '#store/contract/messages.ts';
import type { WireWriter } from '../response/output-writer.ts';
import { wireBytes } from '../response/wire.ts';
import { chooseFields, latin1Of } from './header-fields.ts';
import { rowOf } from './item.ts';
import type { FetchedMessage, FetchPart } from './item.ts';
import { bytesAtHand, gatherBytes, streamBytes } from './message-bytes.ts';
import type { FieldChoice, Partial, Section } from './section.ts';

/** BODY[…]<…> and its older relatives: bytes of the message as they are. */
export function bodyPart(options: {
  /** What it is called in the response, before the section. */
  readonly name: string;
  readonly section: Section;
  readonly partial: Partial | undefined;
  readonly setsSeen: boolean;
}): FetchPart {
  const { section, partial } = options;
  const origin = partial === undefined ? '' : `<${partial.origin}>`;
  const label = `${options.name}${options.name === 'BODY' ? section.label : ''}${origin} `;
  const write = (out: WireWriter, message: FetchedMessage): ReturnType<FetchPart['write']> =>
    typeof section.text === 'object'
      ? writeFields(out, message, { label, section, partial, choice: section.text })
      : writeRange(out, message, { label, section, partial });
  const needs = needsOf(section);
  const isHeader = partial === undefined && needs.includes('headers');
  return { needs, setsSeen: options.setsSeen, write, ...(isHeader ? { keptAs: label } : {}) };
}

/** The header of the message is kept by itself; its place in the body need not be known. */
function needsOf(section: Section): readonly Need[] {
  if (section.path.length > 0 || section.text === 'TEXT') return ['summary', 'body'];
  return section.text === undefined ? ['body'] : ['headers'];
}

interface Asked {
  readonly label: string;
  readonly section: Section;
  readonly partial: Partial | undefined;
}

interface AskedFields extends Asked {
  readonly choice: FieldChoice;
}

function rangeOf(message: FetchedMessage, { path, text }: Section): ByteRange | undefined {
  const { summary, sizeBytes, headers } = rowOf(message);
  if (path.length === 0 && text === undefined) return { start: 0, end: sizeBytes };
  if (path.length === 0 && text !== 'TEXT') return { start: 0, end: headers?.length ?? 0 };
  const place = typeof text === 'object' ? 'HEADER' : text;
  return summary === undefined ? undefined : sectionRange(summary, path, place);
}

function writeRange(
  out: WireWriter,
  message: FetchedMessage,
  asked: Asked,
): AsyncIterable<Uint8Array> | undefined {
  const whole = rangeOf(message, asked.section);
  if (whole === undefined) {
    out.text(`${asked.label}NIL`);
    return undefined;
  }
  const range = cut(whole, asked.partial);
  const announced = `${asked.label}{${range.end - range.start}}\r\n`;
  const bytes = bytesAtHand(message, range);
  if (bytes === undefined) return lateRange(message, range, announced);
  out.text(announced);
  out.bytes(bytes);
  return undefined;
}

/** The literal is announced when its first bytes are there: a body that is lost is found out before. */
async function* lateRange(
  message: FetchedMessage,
  range: ByteRange,
  announced: string,
): AsyncGenerator<Uint8Array> {
  let begun = false;
  for await (const piece of streamBytes(message, range)) {
    if (!begun) yield wireBytes(announced);
    begun = true;
    yield piece;
  }
  if (!begun) yield wireBytes(announced);
}

function writeFields(
  out: WireWriter,
  message: FetchedMessage,
  asked: AskedFields,
): AsyncIterable<Uint8Array> | undefined {
  const range = rangeOf(message, asked.section);
  if (range === undefined) {
    out.text(`${asked.label}NIL`);
    return undefined;
  }
  const bytes = bytesAtHand(message, range);
  if (bytes === undefined) return lateFields(message, range, asked);
  out.text(formatFields(bytes, asked));
  return undefined;
}

/** The header of a part of a large message: bounded by what the parser takes for a header. */
async function* lateFields(
  message: FetchedMessage,
  range: ByteRange,
  asked: AskedFields,
): AsyncGenerator<Uint8Array> {
  yield wireBytes(formatFields(await gatherBytes(message, range), asked));
}

function formatFields(header: Uint8Array, asked: AskedFields): string {
  const chosen = chooseFields(latin1Of(header), asked.choice);
  const { start, end } = cut({ start: 0, end: chosen.length }, asked.partial);
  return `${asked.label}{${end - start}}\r\n${chosen.slice(start, end)}`;
}

/** RFC 9051 §6.4.5: what begins behind the end is empty, what reaches beyond it is cut. */
export function cut(range: ByteRange, partial: Partial | undefined): ByteRange {
  if (partial === undefined) return range;
  const start = Math.min(range.start + partial.origin, range.end);
  return { start, end: Math.min(start + partial.count, range.end) };
}
