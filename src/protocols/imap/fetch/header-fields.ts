import { Buffer } from 'node:buffer';
import type { FieldChoice } from './section.ts';

/**
 * The chosen fields of a header as they stand, with the blank line that ends it (RFC 9051 §6.4.5.1). One byte per
 * character in and out.
 */
export function chooseFields(header: string, choice: FieldChoice): string {
  const wanted = lowerCased(choice);
  let chosen = '';
  let at = 0;
  while (at < header.length) {
    const end = fieldEnd(header, at);
    if (isBlank(header, at)) break;
    // Looked for in the field alone: a header without any colon must not be gone through for each of its lines.
    const field = header.slice(at, end);
    const name = field
      .slice(0, Math.max(0, field.indexOf(':')))
      .trimEnd()
      .toLowerCase();
    if (wanted.has(name) !== choice.except) chosen += field;
    at = end;
  }
  return `${chosen}\r\n`;
}

const lowered = new WeakMap<FieldChoice, ReadonlySet<string>>();

function lowerCased(choice: FieldChoice): ReadonlySet<string> {
  const known = lowered.get(choice);
  if (known !== undefined) return known;
  const made = new Set([...choice.fields].map((name) => name.toLowerCase()));
  lowered.set(choice, made);
  return made;
}

/** Behind the field's last line: a line that begins with a blank goes on with it. */
function fieldEnd(header: string, at: number): number {
  let end = at;
  do {
    const newline = header.indexOf('\n', end);
    if (newline < 0) return header.length;
    end = newline + 1;
  } while (header.charCodeAt(end) === 0x20 || header.charCodeAt(end) === 0x09);
  return end;
}

function isBlank(header: string, at: number): boolean {
  return (
    header.charCodeAt(at) === 0x0a || (header.charCodeAt(at) === 0x0d && header.charCodeAt(at + 1) === 0x0a)
  );
}

export function latin1Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
