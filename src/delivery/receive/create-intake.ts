import { makeId } from '#base/id.ts';
import type { QueueId, TraceId } from '#base/id.ts';
import { parseClientAddress } from '#base/client-address.ts';
import type { Awaitable } from '#base/result.ts';
import { TraceBuilder } from '#trace/trace-builder.ts';
import { formatAddress } from '#mail/address.ts';
import { checkDeclaredSize, checkOwnsSender, checkSubmitter } from './check-sender.ts';
import { AnswerTimes } from './answer-times.ts';
import { emitRefused } from './emit-refused.ts';
import type { Finding } from './finding.ts';
import type {
  Answer,
  Intake,
  MailParameters,
  Refusal,
  RefusedAttempt,
  Transaction,
  TransactionContext,
} from './intake.ts';
import type { IntakeParts } from './intake-parts.ts';
import { relayException, tellRelay } from './relay-exception.ts';
import { RefusedTraces } from './refused-traces.ts';
import { ReceiveTransaction } from './receive-transaction.ts';
import { TransactionQuota } from './transaction-quota.ts';
import type { TransactionStart } from './transaction-start.ts';
import { refuse, withTrace } from './refusal.ts';
import { pathText, refusalStep, refusalVerdict, traceSession } from './transaction-trace.ts';

/** The one way in for every message in transit: check, then policy, then act (DESIGN §3). */
export function createIntake(parts: IntakeParts): Intake {
  const entrance = {
    parts,
    refusedTraces: new RefusedTraces(parts),
    answers: new AnswerTimes(parts.clock),
  };
  return {
    connecting: (context) => refuseConnection(entrance, context),
    begin: (context, mail) => begin(entrance, context, mail),
    refused: (context, attempt) => refusedAttempt(entrance, context, attempt),
  };
}

type Entrance = Pick<TransactionStart, 'parts' | 'refusedTraces' | 'answers'>;

/** Nobody is refused for a client that only speaks for others: a gateway, or a proxy that knows no more. */
function refuseConnection(entrance: Entrance, context: TransactionContext): Refusal | undefined {
  const speaksForOthers = context.gateways !== undefined || context.isClientUnknown === true;
  const client = speaksForOthers || context.role !== 'mx' ? undefined : parseClientAddress(context.client);
  const block = client === undefined ? undefined : entrance.parts.policy?.connecting(client);
  if (block === undefined) return undefined;
  const refusal = refuse({
    code: 554,
    detail: '7.1',
    text: `mail from ${block.subject} is not accepted here`,
    close: true,
  });
  const trace = refusedAttempt(entrance, context, {
    stage: 'connect',
    check: 'blocklist',
    status: refusal.status,
    reason: `the local block list has ${block.entry}`,
    evidence: { block },
  });
  return withTrace(refusal, trace);
}

function begin(
  entrance: Entrance,
  context: TransactionContext,
  mail: MailParameters,
): Awaitable<Answer<Transaction>> {
  const start = startTransaction(entrance, context, mail);
  const { parts } = entrance;
  const refusal = checkSubmitter(context);
  if (refusal !== undefined) return refuseStart(start, { check: 'submitter', refusal });
  const tooLarge = checkDeclaredSize(parts.settings, mail);
  if (tooLarge !== undefined) return refuseStart(start, { check: 'size', refusal: tooLarge });
  const quota = TransactionQuota.of(start);
  return context.role === 'submission' || quota !== undefined
    ? beginOutbound({ ...start, quota })
    : begun(start);
}

async function beginOutbound(start: TransactionStart): Promise<Answer<Transaction>> {
  const finding = (await checkOwner(start)) ?? (await start.quota?.begin());
  return finding === undefined ? begun(start) : refuseStart(start, finding);
}

/** RFC 5321 §4.5.5: a notification has no sender; its header is judged all the same. */
async function checkOwner({ parts, context, mail }: TransactionStart): Promise<Finding | undefined> {
  const sender = mail.from;
  if (context.role !== 'submission' || sender === undefined) return undefined;
  const { accounts } = parts.store;
  const refusal = await checkOwnsSender({ accounts, context, sender, where: 'sender' });
  return refusal === undefined ? undefined : { check: 'sender', refusal, about: formatAddress(sender) };
}

function begun(start: TransactionStart): Answer<Transaction> {
  start.trace.step({ stage: 'mail', check: 'sender', outcome: 'pass' });
  return { ok: true, value: new ReceiveTransaction(start) };
}

function startTransaction(
  entrance: Entrance,
  context: TransactionContext,
  mail: MailParameters,
): TransactionStart {
  const { parts } = entrance;
  const nowMs = parts.clock.now();
  const chance = parts.random.bytes(20);
  const queueId = makeId<QueueId>(nowMs, chance.subarray(0, 10));
  const relay = relayException({ parts, context, mail });
  const trace = newTrace(parts, context, makeId<TraceId>(nowMs, chance.subarray(10)));
  tellRelay(trace, relay);
  return {
    ...entrance,
    context,
    mail,
    trace,
    queueId,
    relay: relay?.isMet === true ? relay.entry : undefined,
  };
}

function newTrace(parts: IntakeParts, context: TransactionContext, id: TraceId): TraceBuilder {
  const direction = context.role === 'submission' ? 'outbound' : 'inbound';
  return new TraceBuilder({ id, direction, session: traceSession(context), clock: parts.clock });
}

/** MAIL was refused: the attempt is on record at once, because no transaction will end it. */
function refuseStart(start: TransactionStart, finding: Finding): Answer<never> {
  const { parts, refusedTraces, context, mail, trace } = start;
  const { check, refusal } = finding;
  const id = refusedTraces.admit({ client: context.client, check }, trace.id);
  trace.step(refusalStep(finding, 'mail'));
  const envelope = { from: pathText(mail.from), to: [], sizeBytes: mail.sizeBytes ?? 0 };
  const record = trace.finish({ kind: 'attempt', verdict: refusalVerdict(check, refusal), envelope });
  if (id === trace.id) parts.store.traces.add(record, context.identity?.account);
  emitRefused({ events: parts.events, context, finding, trace: id });
  return { ok: false, reply: withTrace(refusal, id) };
}

function refusedAttempt(
  { parts, refusedTraces }: Entrance,
  context: TransactionContext,
  attempt: RefusedAttempt,
): TraceId {
  const { clock, random, store, events } = parts;
  const trace = newTrace(parts, context, makeId<TraceId>(clock.now(), random.bytes(10)));
  const action = attempt.status.startsWith('4') ? 'defer' : 'refuse';
  const { check, status, reason, stage, evidence } = attempt;
  trace.step({ stage, check, outcome: 'finding', action, status, reason, evidence });
  const verdict = { action, by: check, score: 0, status, text: reason } as const;
  const { client, listener, sessionId: session } = context;
  const id = refusedTraces.admit({ client, check }, trace.id);
  if (id === trace.id)
    store.traces.add(trace.finish({ kind: 'attempt', verdict }), context.identity?.account);
  events.emit({ name: 'attempt-refused', client, listener, session, check, status, trace: id });
  return id;
}
