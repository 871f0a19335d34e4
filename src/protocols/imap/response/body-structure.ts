import type { Part } from '#mail/summary.ts';
import { decodeUtf8, toWire } from '../grammar/mailbox-name.ts';
import { formatEnvelope } from './envelope.ts';
import { wireNString, wireString } from './wire.ts';

/** `body` (RFC 9051 §7.5.2): BODYSTRUCTURE with its extension data, BODY without. */
export function formatBodyStructure(part: Part, options: { readonly extended: boolean }): string {
  return part.type === 'multipart' && part.parts.length > 0
    ? multipart(part, options)
    : single(part, options);
}

function multipart(part: Part, options: { readonly extended: boolean }): string {
  const children = part.parts.map((child) => formatBodyStructure(child, options)).join('');
  const extension = options.extended ? ` ${parameters(part.parameters)} ${common(part)}` : '';
  return `(${children} ${text(part.subtype)}${extension})`;
}

function single(part: Part, options: { readonly extended: boolean }): string {
  const fields = [
    text(part.type),
    text(part.subtype),
    parameters(part.parameters),
    nullable(part.id),
    nullable(part.description),
    text(part.encoding),
    String(part.body.end - part.body.start),
  ];
  if (part.message !== undefined) {
    const { envelope, structure } = part.message;
    fields.push(formatEnvelope(envelope), formatBodyStructure(structure, options), String(part.lines));
  } else if (part.type === 'text') {
    fields.push(String(part.lines));
  }
  if (options.extended) fields.push(nullable(part.md5), common(part));
  return `(${fields.join(' ')})`;
}

/** `body-fld-dsp SP body-fld-lang SP body-fld-loc`. */
function common(part: Part): string {
  const { disposition, languages } = part;
  const dsp =
    disposition === undefined ? 'NIL' : `(${text(disposition.type)} ${parameters(disposition.parameters)})`;
  const lang = languages.length === 0 ? 'NIL' : `(${languages.map(text).join(' ')})`;
  return `${dsp} ${lang} ${nullable(part.location)}`;
}

function parameters(list: Part['parameters']): string {
  if (list.length === 0) return 'NIL';
  return `(${list.map(([name, value]) => `${text(name)} ${text(value)}`).join(' ')})`;
}

function nullable(value: string | undefined): string {
  return value === undefined ? wireNString(undefined) : text(value);
}

const ascii = /^\p{ASCII}*$/u;

/** Raw bytes stay what they are; text that a decoder made becomes UTF-8. */
function text(value: string): string {
  if (ascii.test(value)) return wireString(value);
  const isBytes = /^[\p{ASCII}\u0080-\u00ff]*$/u.test(value) && decodeUtf8(value) !== undefined;
  return wireString(isBytes ? value : toWire(value));
}
