import { emptyEnvelope } from './envelope.ts';
import { defaultContentType } from './part-header.ts';
import type { ContentType } from './part-header.ts';
import type { MessageEnvelope, Part } from './summary.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A part while it is read. */
export type OpenPart = Mutable<Omit<Part, 'parts' | 'header' | 'body'>> & {
  readonly header: { start: number; end: number };
  readonly body: { start: number; end: number };
  readonly parts: OpenPart[];
};

/** A part whose end has not come yet. */
export interface Entity {
  readonly part: OpenPart;
  /** It is a message of its own: its header has an envelope. */
  readonly isMessage: boolean;
  /** Its type when its header names none. */
  readonly fallback: ContentType;
  /** Of a multipart until its close delimiter. */
  boundary: string | undefined;
  /** Of a multipart that cannot be split: the part that is all of it. */
  whole: OpenPart | undefined;
  /** Line feeds of the whole message before its body. */
  linesBefore: number;
  envelope: MessageEnvelope;
}

export function newEntity(position: number, fallback: ContentType, isMessage: boolean): Entity {
  return {
    part: emptyPart(position),
    isMessage,
    fallback,
    boundary: undefined,
    whole: undefined,
    linesBefore: 0,
    envelope: emptyEnvelope,
  };
}

export function emptyPart(position: number): OpenPart {
  return {
    ...defaultContentType,
    id: undefined,
    description: undefined,
    encoding: '7bit',
    disposition: undefined,
    languages: [],
    location: undefined,
    md5: undefined,
    header: { start: position, end: position },
    body: { start: position, end: position },
    lines: 0,
    parts: [],
    message: undefined,
  };
}

/** The one part of a multipart that cannot be split. */
export function wholeBody(part: OpenPart): OpenPart {
  return {
    ...emptyPart(part.body.start),
    body: { start: part.body.start, end: part.body.end },
    lines: part.lines,
  };
}

export function isMessageType(part: { readonly type: string; readonly subtype: string }): boolean {
  return part.type === 'message' && (part.subtype === 'rfc822' || part.subtype === 'global');
}
