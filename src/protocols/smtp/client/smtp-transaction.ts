import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { formatAddress } from '#mail/address.ts';
import type {
  OutboundContent,
  RecipientReport,
  SendRequest,
  UnfitContent,
} from '#delivery/outbound/transport.ts';
import { mailParameters } from './client-extensions.ts';
import type { ServerCan } from './client-extensions.ts';
import type { ClientTimes } from './client-times.ts';
import { sendBody } from './send-body.ts';
import type { BodyEnd } from './send-body.ts';
import { commandBytes } from './smtp-channel.ts';
import type { ChannelFailure } from './smtp-channel.ts';
import type { Reply } from './reply-parser.ts';
import { replyReport } from './smtp-session.ts';
import type { SmtpSession } from './smtp-session.ts';

export interface TransactionResult {
  readonly recipients: readonly RecipientReport[];
  /** The state of the connection: `begun`: the server still holds an envelope; `broken`: of no more use. */
  readonly after: 'clean' | 'begun' | 'broken';
}

type Command = RecipientReport['command'];

/** One transaction on a session (RFC 5321 §3.3): one result per recipient, in order. */
export async function transact(
  session: SmtpSession,
  request: SendRequest,
  times: ClientTimes,
): Promise<TransactionResult> {
  const { can } = session;
  const content = await contentFor(request, can);
  if (content === 'unreadable') return same(request, ownTrouble);
  if ('unfit' in content) return same(request, cannotTake(content));
  const limit = can.sizeBytesMax ?? 0;
  if (limit > 0 && content.sizeBytes > limit) return same(request, tooLarge(limit));
  return new Transaction({ session, request, times, content }).run();
}

/** The one place that catches what making our own message fit throws; whoever gave it knows more. */
async function contentFor(
  request: SendRequest,
  { eightBit, binary, smtpUtf8 }: ServerCan,
): Promise<OutboundContent | UnfitContent | 'unreadable'> {
  try {
    return await request.content({ eightBit, binary, smtpUtf8 });
  } catch {
    return 'unreadable';
  }
}

interface TransactionParts {
  readonly session: SmtpSession;
  readonly request: SendRequest;
  readonly times: ClientTimes;
  readonly content: OutboundContent;
}

class Transaction {
  readonly #parts: TransactionParts;
  readonly #reports: (RecipientReport | undefined)[];

  constructor(parts: TransactionParts) {
    this.#parts = parts;
    this.#reports = parts.request.recipients.map(() => undefined);
  }

  async run(): Promise<TransactionResult> {
    const { session, content } = this.#parts;
    // Who is told the body's length beforehand needs no DATA.
    const chunked = content.bodyType === 'binary';
    const pipelined = session.can.pipelining;
    const envelope = pipelined ? await this.#envelopeAtOnce(chunked) : await this.#envelope(chunked);
    if (!envelope.ok) return this.#broken(envelope.error);
    if (!envelope.value) return this.#finish('begun');
    return this.#body(chunked);
  }

  /** True: there is a recipient, and the server waits for the body. */
  async #envelope(chunked: boolean): Promise<Result<boolean, ChannelFailure>> {
    const { session, request, times } = this.#parts;
    const mail = await session.channel.ask(this.#mailLine(), times.mailMs);
    if (!mail.ok) return mail;
    if (!this.#mailReply(mail.value)) return ok(false);
    for (const index of request.recipients.keys()) {
      const rcpt = await session.channel.ask(this.#rcptLine(index), times.rcptMs);
      if (!rcpt.ok) return rcpt;
      this.#rcptReply(index, rcpt.value);
    }
    if (!this.#anyLeft()) return ok(false);
    if (chunked) return ok(true);
    const data = await session.channel.ask('DATA', times.dataMs);
    return data.ok ? this.#dataReply(data.value) : data;
  }

  /** RFC 2920 §3.1: MAIL, every RCPT and DATA in one go; the replies come in order. */
  async #envelopeAtOnce(chunked: boolean): Promise<Result<boolean, ChannelFailure>> {
    const { session, request, times } = this.#parts;
    const rcpts = request.recipients.map((_, index) => this.#rcptLine(index));
    const lines = [this.#mailLine(), ...rcpts, ...(chunked ? [] : ['DATA'])];
    const written = await session.channel.write(commandBytes(lines), times.mailMs);
    if (!written.ok) return written;
    const mail = await session.channel.reply(times.mailMs);
    if (!mail.ok) return mail;
    const mailTaken = this.#mailReply(mail.value);
    for (const index of request.recipients.keys()) {
      const rcpt = await session.channel.reply(times.rcptMs);
      if (!rcpt.ok) return rcpt;
      if (mailTaken) this.#rcptReply(index, rcpt.value);
    }
    if (chunked) return ok(this.#anyLeft());
    const data = await session.channel.reply(times.dataMs);
    if (!data.ok) return data;
    if (this.#anyLeft()) return this.#dataReply(data.value);
    return data.value.code === 354 ? this.#emptyBody() : ok(false);
  }

  /** RFC 2920 §3.1: a server that lets DATA begin without a recipient gets a body of nothing. */
  async #emptyBody(): Promise<Result<boolean, ChannelFailure>> {
    const { session, times } = this.#parts;
    const reply = await session.channel.ask('.', times.dataMs);
    return reply.ok ? ok(false) : reply;
  }

  async #body(chunked: boolean): Promise<TransactionResult> {
    const { session, request, times, content } = this.#parts;
    if (session.channel.hasUnread) {
      return this.#broken({ kind: 'protocol', text: 'the server answered before it was asked' });
    }
    const end = await sendBody(session.channel, {
      content,
      chunked,
      times,
      beforeFinal: () => request.beforeFinal(),
    });
    return this.#bodyEnd(end);
  }

  #bodyEnd(end: BodyEnd): TransactionResult {
    if (end.kind === 'answered') {
      this.#rest(finalReport(end.reply));
      return this.#finish(end.complete ? 'clean' : 'broken');
    }
    if (end.kind === 'in-doubt') this.#rest(ours('in-doubt', 'final', end.failure.text));
    else if (end.kind === 'not-ended') this.#rest(ours('connection', 'data', end.failure.text));
    else this.#rest(ownTrouble);
    return this.#finish('broken');
  }

  #mailLine(): string {
    const { request, session, content } = this.#parts;
    const path = request.reversePath === undefined ? '' : formatAddress(request.reversePath);
    const { sizeBytes, bodyType } = content;
    return `MAIL FROM:<${path}>${mailParameters({ sizeBytes, bodyType, smtpUtf8: request.smtpUtf8 }, session.can)}`;
  }

  #rcptLine(index: number): string {
    const address = this.#parts.request.recipients[index];
    return `RCPT TO:<${address === undefined ? '' : formatAddress(address)}>`;
  }

  #mailReply(reply: Reply): boolean {
    if (isTaken(reply)) return true;
    this.#rest(replyReport(reply, outcomeOf(reply), 'mail'));
    return false;
  }

  #rcptReply(index: number, reply: Reply): void {
    if (isTaken(reply)) return;
    // RFC 5321 §4.5.3.1.10: "too many recipients" of an old server is for now.
    const outcome = reply.code === 552 ? 'temporary' : outcomeOf(reply);
    this.#reports[index] = replyReport(reply, outcome, 'rcpt');
  }

  #dataReply(reply: Reply): Result<boolean, ChannelFailure> {
    if (reply.code === 354) return ok(true);
    if (reply.code < 400)
      return err({ kind: 'protocol', text: `the server answered DATA with ${reply.code}` });
    this.#rest(replyReport(reply, outcomeOf(reply), 'data'));
    return ok(false);
  }

  #anyLeft(): boolean {
    return this.#reports.includes(undefined);
  }

  /** For all that nothing was said about yet. */
  #rest(report: RecipientReport): void {
    for (const index of this.#reports.keys()) this.#reports[index] ??= report;
  }

  /** Before the body: nothing was sent that could be delivered. */
  #broken(failure: ChannelFailure): TransactionResult {
    const outcome = failure.kind === 'protocol' ? 'temporary' : 'connection';
    this.#rest(ours(outcome, 'mail', failure.text));
    return this.#finish('broken');
  }

  #finish(after: TransactionResult['after']): TransactionResult {
    const missing = ours('temporary', 'mail', 'the server said nothing about this recipient');
    const recipients = this.#reports.map((report) => report ?? missing);
    return { recipients, after: recipients.some((one) => one.code === 421) ? 'broken' : after };
  }
}

/** RFC 5321 §4.2.1: the first digit decides; 251 forwards, 252 cannot verify, and both take (§3.4, §3.5.3). */
function isTaken({ code }: Reply): boolean {
  return code >= 200 && code < 300;
}

/** RFC 5321 §4.2.1; 421: the server closes (§3.8), the next one may take it. */
function outcomeOf(reply: Reply): RecipientReport['outcome'] {
  if (reply.code === 421) return 'connection';
  return reply.code >= 500 ? 'permanent' : 'temporary';
}

function finalReport(reply: Reply): RecipientReport {
  if (isTaken(reply)) return replyReport(reply, 'delivered', 'final');
  const outcome = outcomeOf(reply);
  return replyReport(reply, outcome === 'connection' ? 'temporary' : outcome, 'final');
}

function ours(outcome: RecipientReport['outcome'], command: Command, text: string): RecipientReport {
  return { outcome, code: undefined, status: undefined, command, text };
}

const ownTrouble = ours('temporary', 'data', 'our own copy of the message could not be read');

/** Before MAIL. */
function same(request: SendRequest, report: RecipientReport): TransactionResult {
  return { recipients: request.recipients.map(() => report), after: 'clean' };
}

function cannotTake({ unfit: text, status }: UnfitContent): RecipientReport {
  return { outcome: 'permanent', code: undefined, status, command: 'ehlo', text };
}

/** RFC 1870 §6.2. */
function tooLarge(limit: number): RecipientReport {
  const text = `the message is larger than the ${limit} octets that the server takes`;
  return { outcome: 'permanent', code: undefined, status: '5.3.4', command: 'ehlo', text };
}
