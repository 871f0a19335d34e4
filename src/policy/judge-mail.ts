import type { ClientAddress } from '#base/client-address.ts';
import type { ReversePath } from '#mail/address.ts';
import { splitHeader } from '#mail/header.ts';
import { messageLimits } from '#mail/message-limits.ts';
import { MessageParser } from '#mail/message-parser.ts';
import type { PartWatch } from '#mail/part-watch.ts';
import type { TraceBuilder } from '#trace/trace-builder.ts';
import type { PolicyVerdict } from './combine-findings.ts';
import type { Policy } from './policy.ts';
import { resultFields } from './result-fields.ts';

/** A message as it would come in on `mx`. */
export interface GivenMail {
  readonly client: ClientAddress;
  readonly helo: string;
  readonly from: ReversePath;
  /** Lines end in CR LF. */
  readonly bytes: Buffer;
  readonly hostname: string;
}

export interface GivenVerdict {
  readonly verdict: PolicyVerdict;
  /** When it would be told: at RCPT, or at the end of the message. */
  readonly at: 'rcpt' | 'message';
  /** Authentication-Results as it would be written. */
  readonly fields: string;
}

function tellParts(bytes: Buffer, watch: PartWatch): void {
  const parser = new MessageParser(messageLimits, { seeks: 'structure', watch });
  parser.push(bytes);
  parser.finish();
}

/** Judges a message that is not delivered, as a transaction does; the steps go into the trace that is given. */
export async function judgeMail(policy: Policy, mail: GivenMail, trace: TraceBuilder): Promise<GivenVerdict> {
  const { client, helo, from, bytes, hostname } = mail;
  const judging = policy.begin({ client, helo, from, dnsExempt: false, trace });
  try {
    const envelope = await judging.envelope();
    if (envelope.action !== 'accept') return { verdict: envelope, at: 'rcpt', fields: '' };
    const header = splitHeader(bytes);
    const sink = judging.header(header);
    sink.update(bytes.subarray(header.bodyStart));
    if (sink.parts !== undefined) tellParts(bytes, sink.parts);
    const verdict = await judging.message(1);
    return { verdict, at: 'message', fields: await resultFields(judging, { hostname, client }) };
  } finally {
    judging.end();
  }
}
