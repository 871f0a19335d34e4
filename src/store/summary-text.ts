import type { EnvelopeAddress, MessageEnvelope, MessageSummary, Part } from '#mail/summary.ts';

/*
 * How a summary is kept (docs/decisions/summary-format.md): four lines of JSON, sealed as one record.
 *
 *     1                         the version
 *     [size, flags, preview, references]
 *     [date, subject, from, sender, reply-to, to, cc, bcc, in-reply-to, message-id, date in ms]
 *     [type, subtype, parameters, encoding, header, header end, body, body end, lines, parts?, rare?]
 *
 * Whoever wants the envelope reads the third line only. Lists of addresses and of parameters are flat; a sender or
 * reply-to that is the from is 0.
 */

const version = '1';
const flagBits = { truncated: 1, attachments: 2 } as const;

type Maybe = string | null;
type Addresses = readonly Maybe[];
type HeadRow = readonly [size: number, flags: number, preview: string, references: readonly string[]];
type EnvelopeRow = readonly [
  date: Maybe,
  subject: Maybe,
  from: Addresses,
  sender: Addresses | 0,
  replyTo: Addresses | 0,
  to: Addresses,
  cc: Addresses,
  bcc: Addresses,
  inReplyTo: Maybe,
  messageId: Maybe,
  dateMs: number | null,
];
type PartRow = readonly [
  type: string,
  subtype: string,
  parameters: readonly string[],
  encoding: string,
  headerStart: number,
  headerEnd: number,
  bodyStart: number,
  bodyEnd: number,
  lines: number,
  parts?: readonly PartRow[],
  rare?: RareRow,
];
/** What few parts have. */
interface RareRow {
  readonly id?: string | undefined;
  readonly description?: string | undefined;
  readonly disposition?: readonly [type: string, parameters: readonly string[]] | undefined;
  readonly languages?: readonly string[] | undefined;
  readonly location?: string | undefined;
  readonly md5?: string | undefined;
  readonly message?: readonly [EnvelopeRow, PartRow] | undefined;
}

export function encodeSummary(summary: MessageSummary): string {
  const { sizeBytes, preview, references, truncated, attachments } = summary;
  const flags = (truncated ? flagBits.truncated : 0) | (attachments ? flagBits.attachments : 0);
  const head: HeadRow = [sizeBytes, flags, preview, references];
  const envelope = JSON.stringify(envelopeRow(summary.envelope));
  // Joined it is in one piece, which JSON of it is written from in half the time.
  return [version, JSON.stringify(head), envelope, JSON.stringify(partRow(summary.structure))].join('\n');
}

/** Each line is read when it is first asked for. Throws on what `encodeSummary` did not make. */
export function decodeSummary(text: string): MessageSummary {
  const [madeBy, headLine = '', envelopeLine = '', structureLine = ''] = text.split('\n');
  if (madeBy !== version) throw new Error(`a summary of version ${String(madeBy)} cannot be read`);
  let head: HeadRow | undefined;
  let envelope: MessageEnvelope | undefined;
  let structure: Part | undefined;
  const headRow = (): HeadRow => (head ??= JSON.parse(headLine) as HeadRow);
  return {
    v: 1,
    get sizeBytes() {
      return headRow()[0];
    },
    get envelope() {
      return (envelope ??= envelopeOf(JSON.parse(envelopeLine) as EnvelopeRow));
    },
    get structure() {
      return (structure ??= partOf(JSON.parse(structureLine) as PartRow));
    },
    get preview() {
      return headRow()[2];
    },
    get references() {
      return headRow()[3];
    },
    get truncated() {
      return (headRow()[1] & flagBits.truncated) !== 0;
    },
    get attachments() {
      return (headRow()[1] & flagBits.attachments) !== 0;
    },
  };
}

function envelopeRow(envelope: MessageEnvelope): EnvelopeRow {
  const from = addressesRow(envelope.from);
  return [
    envelope.date ?? null,
    envelope.subject ?? null,
    from,
    envelope.sender === envelope.from ? 0 : unlessSame(addressesRow(envelope.sender), from),
    envelope.replyTo === envelope.from ? 0 : unlessSame(addressesRow(envelope.replyTo), from),
    addressesRow(envelope.to),
    addressesRow(envelope.cc),
    addressesRow(envelope.bcc),
    envelope.inReplyTo ?? null,
    envelope.messageId ?? null,
    envelope.dateMs ?? null,
  ];
}

function unlessSame(addresses: Addresses, from: Addresses): Addresses | 0 {
  return addresses.length === from.length && addresses.every((text, at) => text === from[at]) ? 0 : addresses;
}

function addressesRow(addresses: readonly EnvelopeAddress[]): Addresses {
  const row: Maybe[] = [];
  for (const { name, route, mailbox, host } of addresses)
    row.push(name ?? null, route ?? null, mailbox ?? null, host ?? null);
  return row;
}

function envelopeOf(row: EnvelopeRow): MessageEnvelope {
  const [date, subject, fromRow, sender, replyTo, to, cc, bcc, inReplyTo, messageId, dateMs] = row;
  const from = addressesOf(fromRow);
  return {
    date: date ?? undefined,
    subject: subject ?? undefined,
    from,
    sender: sender === 0 ? from : addressesOf(sender),
    replyTo: replyTo === 0 ? from : addressesOf(replyTo),
    to: addressesOf(to),
    cc: addressesOf(cc),
    bcc: addressesOf(bcc),
    inReplyTo: inReplyTo ?? undefined,
    messageId: messageId ?? undefined,
    dateMs: dateMs ?? undefined,
  };
}

function addressesOf(row: Addresses): readonly EnvelopeAddress[] {
  const addresses: EnvelopeAddress[] = [];
  for (let at = 0; at < row.length; at += 4) {
    addresses.push({
      name: row[at] ?? undefined,
      route: row[at + 1] ?? undefined,
      mailbox: row[at + 2] ?? undefined,
      host: row[at + 3] ?? undefined,
    });
  }
  return addresses;
}

function partRow(part: Part): PartRow {
  const { type, subtype, parameters, encoding, header, body, lines } = part;
  const rare = rareRow(part);
  const common = [
    type,
    subtype,
    flat(parameters),
    encoding,
    header.start,
    header.end,
    body.start,
    body.end,
    lines,
  ] as const;
  if (rare !== undefined) return [...common, part.parts.map(partRow), rare];
  return part.parts.length === 0 ? common : [...common, part.parts.map(partRow)];
}

function rareRow(part: Part): RareRow | undefined {
  const { id, description, disposition, languages, location, md5, message } = part;
  const isRare =
    (id ?? description ?? disposition ?? location ?? md5 ?? message) !== undefined || languages.length > 0;
  if (!isRare) return undefined;
  return {
    id,
    description,
    disposition: disposition && [disposition.type, flat(disposition.parameters)],
    languages: languages.length === 0 ? undefined : languages,
    location,
    md5,
    message: message && [envelopeRow(message.envelope), partRow(message.structure)],
  };
}

function partOf(row: PartRow): Part {
  const [type, subtype, parameters, encoding, headerStart, headerEnd, bodyStart, bodyEnd, lines] = row;
  const parts = row[9] ?? [];
  const { id, description, disposition, languages = [], location, md5, message } = row[10] ?? {};
  return {
    type,
    subtype,
    parameters: pairsOf(parameters),
    id,
    description,
    encoding,
    disposition: disposition && { type: disposition[0], parameters: pairsOf(disposition[1]) },
    languages,
    location,
    md5,
    header: { start: headerStart, end: headerEnd },
    body: { start: bodyStart, end: bodyEnd },
    lines,
    parts: parts.map(partOf),
    message: message && { envelope: envelopeOf(message[0]), structure: partOf(message[1]) },
  };
}

function flat(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const texts: string[] = [];
  for (const [name, value] of pairs) texts.push(name, value);
  return texts;
}

function pairsOf(texts: readonly string[]): readonly (readonly [string, string])[] {
  const pairs: [string, string][] = [];
  for (let at = 0; at < texts.length; at += 2) pairs.push([texts[at] ?? '', texts[at + 1] ?? '']);
  return pairs;
}
