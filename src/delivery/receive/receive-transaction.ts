import type { QueueId, TraceId } from '#base/id.ts';
import type { Awaitable } from '#base/result.ts';
import { addressKey, formatAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import type { Domain } from '#mail/domain.ts';
import { forgedResults, withoutFields } from '#mailauth/authentication-results/remove-forged-results.ts';
import type { OwnResults } from '#mailauth/authentication-results/remove-forged-results.ts';
import type { PolicyVerdict } from '#policy/combine-findings.ts';
import type { QueueRecipient } from '#store/contract/queue.ts';
import { reservedName } from '#store/reserved-name.ts';
import type { TraceStage, TraceVerdict } from '#trace/record.ts';
import { AnswerTime, answerMsMax } from './answer-times.ts';
import type { Anomalies } from './anomalies.ts';
import { askDownstream, isRemembered } from './ask-downstream.ts';
import { BodyIntake } from './body-intake.ts';
import type { WholeBody } from './body-intake.ts';
import { completeSubmission } from './complete-submission.ts';
import { emitRefused } from './emit-refused.ts';
import { enqueue } from './enqueue.ts';
import { anomalyWords } from './finding.ts';
import type { Finding } from './finding.ts';
import type { Answer, Transaction } from './intake.ts';
import { deliveriesMax, recipientsMax } from './intake-settings.ts';
import { judgeHeader } from './judge-header.ts';
import { judgeMessage } from './judge-message.ts';
import { receivedField } from './received-field.ts';
import { defer, refuse, withTrace } from './refusal.ts';
import { handReport, holdReport, isForReports } from './report-mail.ts';
import { routeRecipient } from './route-recipient.ts';
import type { Routed, Routing } from './route-recipient.ts';
import { TransactionPolicy, verdictField } from './transaction-policy.ts';
import type { TakenMessage } from './transaction-policy.ts';
import { TransactionRecord } from './transaction-record.ts';
import { TransactionRules } from './transaction-rules.ts';
import type { TransactionStart } from './transaction-start.ts';
import { refusalStep, refusalVerdict } from './transaction-trace.ts';

/** One MAIL FROM to its end: gathers recipients and body, and says once, durably, whether we have the message. */
export class ReceiveTransaction implements Transaction {
  readonly #start: TransactionStart;
  readonly #accepted: Address[] = [];
  readonly #recipients = new Map<string, QueueRecipient>();
  readonly #record: TransactionRecord;
  readonly #policy: TransactionPolicy | undefined;
  readonly #rules: TransactionRules | undefined;
  readonly #time = new AnswerTime();
  #body: BodyIntake | undefined;
  #ended = false;
  #attemptId: TraceId | undefined;
  #refused: Finding | undefined;

  constructor(start: TransactionStart) {
    this.#start = start;
    this.#record = new TransactionRecord(start);
    this.#rules = TransactionRules.begin(start);
    this.#policy = TransactionPolicy.begin(start, this.#rules);
  }

  get recipientCount(): number {
    return this.#accepted.length;
  }

  async recipient(address: Address): Promise<Answer<void>> {
    const { parts, context, mail, trace } = this.#start;
    trace.mark();
    if (this.#accepted.length >= recipientsMax(parts.settings, context.role)) {
      return this.#refuseRecipient(address, tooManyRecipients());
    }
    const over = this.#start.quota?.recipient(this.#accepted.length);
    if (over !== undefined) return this.#refuseRecipient(address, over);
    const { accounts, messages } = parts.store;
    const isRelayed = this.#start.relay !== undefined;
    const request = { context, address, sizeBytes: mail.sizeBytes ?? 0, isRelayed };
    const isTrap = this.#policy?.isTrap;
    const given = await routeRecipient({ accounts, messages, settings: parts.settings, isTrap }, request);
    // Before the envelope is judged, which a rule that accepts has its word in.
    const ruled = given.kind === 'routed' ? this.#rules?.recipient(address) : undefined;
    if (ruled !== undefined) return this.#refuseRecipient(address, ruled);
    const isAsked = given.kind === 'routed' && given.downstream !== undefined;
    const early = isAsked ? await this.#beforeDownstream(address, given) : undefined;
    if (early !== undefined) return this.#refuseRecipient(address, early);
    const routing = isAsked ? await askDownstream(this.#start, given) : given;
    const unwanted = await this.#policy?.recipient(address, routing);
    if (unwanted !== undefined) return this.#refuseRecipient(address, unwanted);
    if (routing.kind === 'trap') return this.#accept(address, []);
    if (routing.kind !== 'routed') return this.#refuseRouting(address, routing);
    if (this.#recipients.size + routing.recipients.length > deliveriesMax) {
      return this.#refuseRecipient(address, tooManyRecipients());
    }
    return this.#accept(address, routing.recipients);
  }

  /** Whoever is refused anyway has no server asked on his behalf. */
  async #beforeDownstream(address: Address, routing: Routed): Promise<Finding | undefined> {
    // A recipient that is known to exist counts for the client, also while it is taken for one that guesses names.
    if (await isRemembered(this.#start, routing)) return undefined;
    return await this.#policy?.beforeAsking(address);
  }

  ready(): Answer<void> {
    if (this.#start.answers.isCrowded) return this.#refuse(tooSlow, 'message');
    return this.#hasRecipients();
  }

  #hasRecipients(): Answer<void> {
    if (this.#accepted.length > 0) return { ok: true, value: undefined };
    // RFC 5321 §3.3: no valid recipients.
    const refusal = refuse({ code: 554, detail: '5.1', text: 'no valid recipients' });
    return this.#refuse({ check: 'recipients', refusal }, 'message');
  }

  write(bytes: Uint8Array): Awaitable<void> {
    this.#body ??= this.#beginBody();
    return this.#body.write(bytes);
  }

  async finish(anomalies: Anomalies): Promise<readonly Answer<{ readonly queueId: QueueId }>[]> {
    const answer = await this.#start.answers.inTime({
      time: this.#time,
      work: () => this.#finish(anomalies),
      late: () => this.#late(),
    });
    // RFC 2033 §4.2: LMTP hears one reply for each recipient that was accepted.
    return this.#start.context.role === 'lmtp' ? this.#accepted.map(() => answer) : [answer];
  }

  async abandon(reason: string): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#policy?.end();
    await this.#body?.discard();
    if (this.#refused !== undefined) {
      this.#keepAttempt(refusalVerdict(this.#refused.check, this.#refused.refusal));
    } else if (this.#body !== undefined) {
      this.#keepAttempt({ action: 'discard', by: 'session', score: 0, status: '4.4.2', text: reason });
    }
  }

  async #finish(anomalies: Anomalies): Promise<Answer<{ readonly queueId: QueueId }>> {
    const ready = this.#hasRecipients();
    if (!ready.ok) return this.#time.take() ? ready : tooLate;
    const body = (this.#body ??= this.#beginBody());
    this.#start.trace.mark();
    const smuggled = this.#judgeAnomalies(anomalies);
    if (smuggled !== undefined) return this.#refuseMessage(smuggled);
    const end = await body.finish();
    if (end.kind === 'unfit') return this.#refuseMessage(end.finding);
    return this.#judgeWhole(body, end.whole);
  }

  async #judgeWhole(body: BodyIntake, whole: WholeBody): Promise<Answer<{ readonly queueId: QueueId }>> {
    const { parts, context, mail, trace, relay } = this.#start;
    const recipients = [...this.#recipients.values()];
    const finding = await judgeMessage({ parts, context, mail, body, whole, recipients, relay });
    const ruled = finding ?? this.#rules?.message(body.sizeBytes, this.#policy?.client);
    if (ruled !== undefined || this.#time.isTaken) return this.#refuseWhole(whole, ruled ?? tooSlow);
    const judged = await this.#policy?.message(this.#accepted.length);
    if (judged?.kind === 'unwanted') return this.#refuseWhole(whole, judged.finding);
    if (recipients.length === 0) return this.#refuseWhole(whole, onlyTraps);
    const wanted = wantedBy(recipients, judged?.taken.verdict);
    if (judged !== undefined && wanted.length === 0) return this.#discardWhole(whole, judged.taken.verdict);
    const over = await this.#start.quota?.take(this.#accepted.length);
    if (over !== undefined) return this.#refuseWhole(whole, over);
    trace.step({ stage: 'message', check: 'message', outcome: 'pass' });
    const report = isForReports(this.#start, this.#accepted)
      ? await holdReport(parts.store.blobs, whole.body)
      : undefined;
    const reporter = report === undefined ? undefined : await this.#policy?.provenDomain();
    const queued = await enqueue({
      ...this.#start,
      whole,
      recipients: wanted,
      time: this.#time,
      taken: judged?.taken,
    });
    if (queued !== undefined) {
      await report?.release();
      await this.#start.quota?.giveBack(this.#accepted.length);
      return this.#refuseMessage(queued);
    }
    trace.step({ stage: 'queue', check: 'queue', outcome: 'pass' });
    if (report !== undefined) handReport(this.#start, report, reporter);
    this.#done({ recipients: wanted, messageId: whole.summary.envelope.messageId, taken: judged?.taken });
    return { ok: true, value: { queueId: this.#start.queueId } };
  }

  /** I-32: its sender hears that it was taken; the trace says what became of it. */
  async #discardWhole(
    whole: WholeBody,
    { by, score, reason }: PolicyVerdict,
  ): Promise<Answer<{ readonly queueId: QueueId }>> {
    const { parts, context, trace, queueId } = this.#start;
    if (whole.body.kind === 'blob') await parts.store.blobs.remove(whole.body.id);
    await this.#body?.discard();
    if (!this.#time.take()) return tooLate;
    this.#ended = true;
    this.#policy?.end();
    const verdict = { action: 'discard', by, score, status: '2.0.0', text: `discarded: ${reason}` } as const;
    this.#record.keep({ kind: 'attempt', verdict, sizeBytes: this.#body?.sizeBytes ?? 0, queued: [] });
    const { client, listener, sessionId: session } = context;
    parts.events.emit({ name: 'message-discarded', client, listener, session, trace: trace.id, by });
    return { ok: true, value: { queueId } };
  }

  async #refuseWhole(whole: WholeBody, finding: Finding): Promise<Answer<never>> {
    if (whole.body.kind === 'blob') await this.#start.parts.store.blobs.remove(whole.body.id);
    return this.#refuseMessage(finding);
  }

  /** DESIGN §4: what smuggling does is refused and seen, unless it is mended or was announced as binary. */
  #judgeAnomalies(anomalies: Anomalies): Finding | undefined {
    const what = anomalyWords(anomalies);
    const { mail, trace } = this.#start;
    if (what === '' || mail.bodyType === 'binary') return undefined;
    if (this.#mends()) {
      trace.step({ stage: 'message', check: 'smuggling', outcome: 'pass', reason: `mended: ${what}` });
      return undefined;
    }
    const text = 'the message holds a bare CR, bare LF or NUL; lines end in CR LF';
    const refusal = refuse({ code: 550, detail: '6.0', text, close: true });
    return { check: 'smuggling', refusal, detail: what };
  }

  #mends(): boolean {
    const { parts, context, mail } = this.#start;
    return mail.bodyType !== 'binary' && parts.settings.mendsLineEnds(context);
  }

  #beginBody(): BodyIntake {
    const { parts, context, mail, queueId, relay } = this.#start;
    const { hostname, settings } = parts;
    const nowMs = parts.clock.now();
    const { smtpUtf8, from } = mail;
    const received = receivedField({
      context,
      hostname,
      queueId,
      nowMs,
      smtpUtf8,
      recipients: this.#accepted,
    });
    return new BodyIntake({
      blobs: parts.store.blobs,
      settings,
      prefix: Buffer.from(received),
      mends: this.#mends(),
      judge: (header) => judgeHeader({ header, context, mail, hostname, isRelayed: relay !== undefined }),
      watch: (block) => this.#policy?.header(block),
      complete: (header, block) => {
        const forged = forgedResults(block, ownResults(hostname));
        return context.role === 'submission'
          ? completeSubmission({ header, fields: block.fields, forged, from, hostname, queueId, nowMs })
          : withoutFields(header, forged);
      },
    });
  }

  #accept(address: Address, recipients: readonly QueueRecipient[]): Answer<void> {
    this.#accepted.push(address);
    this.#record.accepted(address);
    this.#rules?.accepted(address);
    // Two ways to one mailbox are one delivery.
    for (const recipient of recipients) {
      const key = recipientKey(recipient);
      if (!this.#recipients.has(key)) this.#recipients.set(key, recipient);
    }
    this.#start.trace.step({ stage: 'rcpt', check: 'recipient', outcome: 'pass' });
    return { ok: true, value: undefined };
  }

  #refuseRouting(address: Address, routing: Exclude<Routing, { kind: 'routed' | 'trap' }>): Answer<never> {
    const { refusal } = routing;
    if (routing.kind === 'refused') return this.#refuseRecipient(address, { check: routing.check, refusal });
    return this.#refuseRecipient(address, { check: 'relay', refusal, detail: routing.form });
  }

  #refuseRecipient(address: Address, finding: Finding): Answer<never> {
    this.#record.refused(address, finding.refusal);
    return this.#refuse({ ...finding, about: formatAddress(address) }, 'rcpt');
  }

  #refuse(finding: Finding, stage: TraceStage): Answer<never> {
    const { context, parts, trace } = this.#start;
    if (finding.isTraced !== true) trace.step(refusalStep(finding, stage));
    this.#refused = finding;
    const id = this.#attemptTrace(finding.check);
    emitRefused({ events: parts.events, context, finding, trace: id });
    return { ok: false, reply: withTrace(finding.refusal, id) };
  }

  /** Decided once, at the first refusal: the replies to all of them name one trace. */
  #attemptTrace(check: string): TraceId {
    const { refusedTraces, context, trace } = this.#start;
    // One of those whose mail a gateway brings leaves the others their traces (I-59).
    const client = this.#policy?.client?.client ?? context.client;
    this.#attemptId ??= refusedTraces.admit({ client, check }, trace.id);
    return this.#attemptId;
  }

  async #refuseMessage(finding: Finding): Promise<Answer<never>> {
    await this.#body?.discard();
    return this.#time.take() ? this.#refuseNow(finding) : tooLate;
  }

  /** S-04: the client hears in time that it shall come again; what the store takes after that is taken out again. */
  #late(): Answer<never> {
    const { events } = this.#start.parts;
    const detail = `no answer in ${answerMsMax} ms; the client was told to come again`;
    events.emit({ name: 'store-trouble', code: 'slow', what: 'end of a message', detail });
    return this.#refuseNow(tooSlow);
  }

  #refuseNow(finding: Finding): Answer<never> {
    this.#ended = true;
    this.#policy?.end();
    const answer = this.#refuse(finding, 'message');
    this.#keepAttempt(refusalVerdict(finding.check, finding.refusal));
    return answer;
  }

  #done({ recipients, messageId, taken }: Taken): void {
    this.#ended = true;
    this.#policy?.end();
    const { parts, context, trace, queueId } = this.#start;
    const sizeBytes = this.#body?.sizeBytes ?? 0;
    const text = `accepted as ${queueId}`;
    const verdict = acceptedVerdict(text, taken);
    this.#record.keep({ kind: 'message', verdict, sizeBytes, queued: recipients, messageId });
    parts.events.emit({
      name: 'message-accepted',
      client: context.client,
      listener: context.listener,
      session: context.sessionId,
      queue: queueId,
      trace: trace.id,
      action: verdict.action,
      recipients: recipients.length,
      sizeBytes,
      ms: trace.elapsedMs(),
      account: context.identity === undefined ? undefined : formatAddress(context.identity.address),
    });
  }

  #keepAttempt(verdict: TraceVerdict): void {
    if (this.#attemptTrace(verdict.by) !== this.#start.trace.id) return;
    const sizeBytes = this.#body?.sizeBytes ?? this.#start.mail.sizeBytes ?? 0;
    this.#record.keep({ kind: 'attempt', verdict, sizeBytes, queued: [] });
  }
}

interface Taken {
  readonly recipients: readonly QueueRecipient[];
  readonly messageId: string | undefined;
  readonly taken: TakenMessage | undefined;
}

function acceptedVerdict(text: string, taken: TakenMessage | undefined): TraceVerdict {
  const score = taken?.verdict.score ?? 0;
  if (taken?.junk !== true) return { action: 'accept', by: 'queue', score, status: '2.0.0', text };
  return { action: 'quarantine', by: taken.verdict.by, score, status: '2.0.0', text: `${text}, to Junk` };
}

/** What is to be discarded reaches those who can mend a mistake (S-03). */
function wantedBy(
  recipients: readonly QueueRecipient[],
  verdict: PolicyVerdict | undefined,
): readonly QueueRecipient[] {
  if (verdict?.action !== 'discard') return recipients;
  return recipients.filter(({ original }) => reservedName(original.local) !== undefined);
}

function ownResults(hostname: string): OwnResults {
  return { authservIds: [hostname as Domain], statusFields: [verdictField.toLowerCase()] };
}

function recipientKey({ route, address }: QueueRecipient): string {
  return route.kind === 'local' ? `${route.account} ${route.detail ?? ''}` : addressKey(address);
}

const tooSlow: Finding = {
  check: 'queue',
  refusal: defer({ code: 451, detail: '3.0', text: 'the mail system is too slow just now, try again later' }),
};

/** As any address that nobody has: a trap is not told from it (P-25). */
const onlyTraps: Finding = {
  check: 'trap',
  refusal: refuse({ code: 550, detail: '1.1', text: 'no such user here' }),
};

/** What became of it nobody hears any more. */
const tooLate: Answer<never> = { ok: false, reply: tooSlow.refusal };

function tooManyRecipients(): Finding {
  // RFC 5321 §4.5.3.1.10: 452, so that the client sends the rest in another transaction.
  return { check: 'recipients', refusal: defer({ code: 452, detail: '5.3', text: 'too many recipients' }) };
}
