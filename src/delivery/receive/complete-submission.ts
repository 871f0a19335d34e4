import { formatAddress } from '#mail/address.ts';
import type { ReversePath } from '#mail/address.ts';
import { formatDate } from '#mail/date.ts';
import type { QueueId } from '#base/id.ts';
import type { HeaderField } from '#mail/header.ts';
import { withoutFields } from '#mailauth/authentication-results/remove-forged-results.ts';

export interface SubmittedHeader {
  readonly header: Buffer;
  readonly fields: readonly HeaderField[];
  /** Fields that only we may write (I-48). */
  readonly forged: readonly HeaderField[];
  readonly from: ReversePath;
  readonly hostname: string;
  readonly queueId: QueueId;
  readonly nowMs: number;
}

/** S-11: those who are named here must not be told to the others. */
const blindFields: ReadonlySet<string> = new Set(['bcc', 'resent-bcc']);

/**
 * What a submission server mends (RFC 6409 §8): missing Date, Message-ID and From are put in front, Bcc is taken out.
 * Everything else stays byte for byte.
 */
export function completeSubmission(submitted: SubmittedHeader): Buffer {
  const kept = withoutBlindFields(submitted);
  const added = missingFields(submitted);
  if (added === '') return kept;
  return Buffer.concat([Buffer.from(added), kept]);
}

function missingFields({ fields, from, hostname, queueId, nowMs }: SubmittedHeader): string {
  const names = new Set(fields.map((field) => field.name));
  let added = '';
  if (!names.has('date')) added += `Date: ${formatDate(nowMs)}\r\n`;
  if (!names.has('from') && from !== undefined) added += `From: <${formatAddress(from)}>\r\n`;
  if (!names.has('message-id')) added += `Message-ID: <${queueId.toLowerCase()}@${hostname}>\r\n`;
  return added;
}

function withoutBlindFields({ header, fields, forged }: SubmittedHeader): Buffer {
  return withoutFields(header, [...fields.filter((field) => blindFields.has(field.name)), ...forged]);
}
