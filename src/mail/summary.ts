/**
 * What is computed once when a message arrives and kept beside it, so that no reader parses it again:
 * envelope, structure with byte offsets, preview (STORAGE §4). Plain data: it goes through JSON and back.
 * Offsets count bytes from the first byte of the message; ends are exclusive.
 */
export interface MessageSummary {
  readonly v: 1;
  readonly sizeBytes: number;
  readonly envelope: MessageEnvelope;
  readonly structure: Part;
  /** At most 256 characters of readable text (RFC 8970). */
  readonly preview: string;
  /** Unfolded raw values for threading and lists: Message-ID, In-Reply-To, References (each without angle brackets). */
  readonly references: readonly string[];
  /** True when a bound (depth, parts, header size) was met and the rest was taken as opaque. */
  readonly truncated: boolean;
  readonly attachments: boolean;
}

/** RFC 3501 §7.4.2 ENVELOPE. Texts are the raw header values, unfolded, latin1 bytes as characters (encoded words untouched).
 * `sender` and `replyTo` are `from` where the message has none. */
export interface MessageEnvelope {
  readonly date: string | undefined;
  readonly subject: string | undefined;
  readonly from: readonly EnvelopeAddress[];
  readonly sender: readonly EnvelopeAddress[];
  readonly replyTo: readonly EnvelopeAddress[];
  readonly to: readonly EnvelopeAddress[];
  readonly cc: readonly EnvelopeAddress[];
  readonly bcc: readonly EnvelopeAddress[];
  readonly inReplyTo: string | undefined;
  readonly messageId: string | undefined;
  /** The Date field as milliseconds since 1970, for SENTBEFORE and SORT. */
  readonly dateMs: number | undefined;
}

/** An address without a domain has host `''`. A group opens with `{mailbox: name, host: undefined}` and closes with both undefined (RFC 3501 §7.4.2). */
export interface EnvelopeAddress {
  readonly name: string | undefined;
  readonly route: string | undefined;
  readonly mailbox: string | undefined;
  readonly host: string | undefined;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface Part {
  /** Lower case; what is unreadable is `text/plain` by default (RFC 2045 §5.2). */
  readonly type: string;
  readonly subtype: string;
  /** Names lower case; values decoded by RFC 2231 where so written. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly id: string | undefined;
  readonly description: string | undefined;
  /** As written, lower case: `7bit`, `base64`, … */
  readonly encoding: string;
  readonly disposition:
    | { readonly type: string; readonly parameters: readonly (readonly [string, string])[] }
    | undefined;
  readonly languages: readonly string[];
  readonly location: string | undefined;
  readonly md5: string | undefined;
  /** Part header with the blank line that ends it. */
  readonly header: ByteRange;
  /** Body without the line break that belongs to the boundary. */
  readonly body: ByteRange;
  /** Lines of the body. */
  readonly lines: number;
  /** Of a multipart, at least one: where no boundary is declared or found, one text/plain that is its whole body. */
  readonly parts: readonly Part[];
  /** Of every message/rfc822 or message/global: what is inside; empty when it is encoded or beyond a bound. */
  readonly message: { readonly envelope: MessageEnvelope; readonly structure: Part } | undefined;
}
