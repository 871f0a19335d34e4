import { skipCfws } from './cfws.ts';
import { foldedValue, unfoldedValue } from './header.ts';
import type { HeaderBlock, HeaderField } from './header.ts';
import { parseParameterized } from './parameters.ts';
import type { Parameter } from './parameters.ts';
import type { Part } from './summary.ts';

/** What a part's header says of its content. */
export type PartHeader = Pick<
  Part,
  | 'type'
  | 'subtype'
  | 'parameters'
  | 'id'
  | 'description'
  | 'encoding'
  | 'disposition'
  | 'languages'
  | 'location'
  | 'md5'
>;

export interface ContentType {
  readonly type: string;
  readonly subtype: string;
  readonly parameters: readonly Parameter[];
}

/** RFC 2045 §5.2. */
export const defaultContentType: ContentType = {
  type: 'text',
  subtype: 'plain',
  parameters: [['charset', 'us-ascii']],
};

/** RFC 2046 §5.1.5: in a digest. */
export const digestContentType: ContentType = { type: 'message', subtype: 'rfc822', parameters: [] };

/** RFC 2045 §5.1 `token`, and bytes over 127 as they come. */
const typePattern = /^([^\s()<>@,;:\\"/[\]?=]{1,127})\/([^\s()<>@,;:\\"/[\]?=]{1,127})/;

const languagesMax = 50;

/** Reads the Content-* fields (RFC 2045, 2183, 3282, 2557, 1864); of a field that occurs twice the first counts. */
export function readPartHeader(block: HeaderBlock, fallback: ContentType): PartHeader {
  const fields = new Map<string, HeaderField>();
  for (const field of block.fields) {
    if (field.name.startsWith('content-') && !fields.has(field.name)) fields.set(field.name, field);
  }
  if (fields.size === 0) return { ...bareHeader, ...fallback };
  const text = (name: string): string | undefined => {
    const field = fields.get(name);
    return field === undefined ? undefined : unfoldedValue(block, field);
  };
  const typeField = fields.get('content-type');
  const content = typeField === undefined ? fallback : readContentType(foldedValue(block, typeField));
  return {
    ...content,
    id: text('content-id'),
    description: text('content-description'),
    encoding: readToken(text('content-transfer-encoding')) ?? '7bit',
    disposition: readDisposition(text('content-disposition')),
    languages: readLanguages(text('content-language')),
    location: text('content-location')?.replaceAll(/\s+/g, ''),
    md5: text('content-md5'),
  };
}

const bareHeader: Omit<PartHeader, keyof ContentType> = {
  id: undefined,
  description: undefined,
  encoding: '7bit',
  disposition: undefined,
  languages: [],
  location: undefined,
  md5: undefined,
};

/** Content-Type; what cannot be read is `text/plain; charset=us-ascii` (RFC 2045 §5.2). */
export function readContentType(raw: string): ContentType {
  const read = parseParameterized(raw);
  const match = typePattern.exec(read.value);
  if (match === null) return defaultContentType;
  const [, type = '', subtype = ''] = match;
  return { type, subtype, parameters: read.parameters };
}

function readToken(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const start = skipCfws(value, 0);
  const token = /^[^\s;()"]{0,64}/.exec(value.slice(start))?.[0].toLowerCase();
  return token === '' ? undefined : token;
}

function readDisposition(value: string | undefined): Part['disposition'] {
  if (value === undefined) return undefined;
  const read = parseParameterized(value);
  const type = readToken(read.value);
  if (type !== undefined) return { type, parameters: read.parameters };
  // RFC 2183 §2.8: what is not known is an attachment; with a file name it surely is meant as one.
  return read.parameters.length > 0 ? { type: 'attachment', parameters: read.parameters } : undefined;
}

function readLanguages(value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  const tags = value.split(/[\s,]+/, languagesMax);
  return tags.filter((tag) => /^[A-Za-z0-9-]{1,64}$/.test(tag));
}
