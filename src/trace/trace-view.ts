import { cleanForeignText } from './foreign-text.ts';
import type { TraceDelivery, TraceRecord, TraceStep } from './record.ts';

export type TraceAudience = 'admin' | 'recipient' | 'sender';

/**
 * A record in words, one line each (N-2). The administrator sees all; the recipient what happened to the mail in
 * plain words, without other recipients, addresses of machines or scores; the sender only what the reply told.
 */
export function renderTrace(record: TraceRecord, audience: TraceAudience): readonly string[] {
  return views[audience](record);
}

const views: Readonly<Record<TraceAudience, (record: TraceRecord) => readonly string[]>> = {
  admin: adminView,
  recipient: recipientView,
  sender: senderView,
};

function adminView(record: TraceRecord): readonly string[] {
  return [
    `${record.kind} ${record.id}  ${record.at}  ${record.direction}`,
    ...(record.queueId === undefined ? [] : [`  queue id   ${record.queueId}`]),
    `  session    ${sessionWords(record)}`,
    ...envelopeLines(record),
    ...Object.entries(record.facts).map(([name, value]) => `  fact       ${clean(name)} = ${show(value)}`),
    ...record.asked.map(
      (q) => `  asked      ${q.kind} ${q.type} ${clean(q.name)} → ${show(q.answer)} (${q.ms} ms)`,
    ),
    ...record.steps.map((step) => `  ${step.stage.padEnd(10)} ${stepWords(step)}`),
    ...costLines(record),
    `  verdict    ${verdictWords(record)}`,
    ...record.deliveries.map((d) => `  delivery   ${deliveryWords(d)}`),
  ];
}

/** What each layer took. Those of its checks that ask somebody ask at once, so that the longest counts. */
function costLines({ steps }: TraceRecord): readonly string[] {
  const layers = new Map<string, number>();
  for (const { stage, ms } of steps) layers.set(stage, Math.max(layers.get(stage) ?? 0, ms));
  if (layers.size === 0) return [];
  return [`  cost       ${[...layers].map(([stage, ms]) => `${stage} ${ms} ms`).join(', ')}`];
}

function verdictWords({ verdict: { action, by, score, status, text } }: TraceRecord): string {
  const points = score === 0 ? '' : ` with ${score} points`;
  return `${action} by ${by}${points}, ${status} ${clean(text)}`;
}

function sessionWords(record: TraceRecord): string {
  const { session } = record;
  const words = [`${session.client} on ${session.listener} (${session.role}), session ${session.id}`];
  if (session.tls !== undefined) words.push(`${session.tls.version} ${session.tls.cipher}`);
  if (session.helo !== undefined) words.push(`said "${clean(session.helo)}"`);
  if (session.account !== undefined) words.push(`account ${session.account} by ${session.mechanism ?? '?'}`);
  return words.join(', ');
}

function envelopeLines(record: TraceRecord): readonly string[] {
  const { envelope } = record;
  if (envelope === undefined) return [];
  const id = envelope.messageId === undefined ? '' : `, Message-ID ${clean(envelope.messageId)}`;
  return [
    `  from       <${clean(envelope.from)}>, ${envelope.sizeBytes} bytes${id}`,
    ...envelope.to.map((to) => `  to         <${clean(to.address)}>: ${clean(to.outcome)}`),
  ];
}

function stepWords(step: TraceStep): string {
  const words = [`${step.check}: ${step.outcome}`];
  if (step.action !== undefined) words.push(`→ ${step.action}`);
  if (step.score !== undefined) words.push(`score ${step.score}`);
  if (step.status !== undefined) words.push(step.status);
  if (step.reason !== undefined) words.push(clean(step.reason));
  const evidence = Object.entries(step.evidence).map(([name, value]) => `${clean(name)}=${show(value)}`);
  if (evidence.length > 0) words.push(`[${evidence.join(' ')}]`);
  return `${words.join(' ')} (${step.ms} ms)`;
}

function deliveryWords(delivery: TraceDelivery): string {
  const words = [
    `${delivery.at} <${clean(delivery.recipient)}> attempt ${delivery.attempt}: ${delivery.outcome}`,
  ];
  if (delivery.host !== undefined)
    words.push(`at ${clean(delivery.host)}${delivery.address === undefined ? '' : ` [${delivery.address}]`}`);
  if (delivery.tls !== undefined) words.push(`over ${clean(delivery.tls)}`);
  if (delivery.reply !== undefined) words.push(`they said "${clean(delivery.reply)}"`);
  if (delivery.nextAt !== undefined) words.push(`next try ${delivery.nextAt}`);
  return words.join(', ');
}

const plainVerdict: Readonly<Record<TraceRecord['verdict']['action'], string>> = {
  accept: 'It was accepted.',
  defer: 'It was put off for now: the sending server will try again.',
  refuse: 'It was refused; the sending server has been told.',
  quarantine: 'It was put into the Junk folder.',
  discard: 'It was thrown away.',
};

const plainDelivery: Readonly<Record<TraceDelivery['outcome'], string>> = {
  delivered: 'It was put into the mailbox.',
  deferred: 'It could not be delivered yet and will be tried again.',
  failed: 'It could not be delivered.',
  held: 'It waits for a decision of the administrator.',
  'in-doubt': 'It was probably delivered; the confirmation was lost.',
  bounced: 'It could not be delivered; the sender has been told.',
};

function recipientView(record: TraceRecord): readonly string[] {
  const sender = record.envelope?.from;
  const from = sender === undefined ? '' : sender === '' ? ' from a mail system' : ` from <${clean(sender)}>`;
  const reasons = record.steps
    .filter((step) => step.outcome === 'finding' && step.action !== 'note')
    .map((step) => `Because: ${withoutAddress(step.reason ?? step.check, record)}.`);
  return [
    `A message${from} came on ${record.at}.`,
    plainVerdict[record.verdict.action],
    ...(record.verdict.action === 'accept' ? [] : reasons),
    ...new Set(record.deliveries.map((delivery) => plainDelivery[delivery.outcome])),
  ];
}

/** A reason may name the machine, or the one that a gateway took it from, which says nothing to a reader. */
function withoutAddress(reason: string, { session, facts }: TraceRecord): string {
  const { client: origin } = (facts['origin'] ?? {}) as { readonly client?: string };
  const bare = clean(reason).replaceAll(` ${session.client}`, '');
  return origin === undefined ? bare : bare.replaceAll(` ${origin}`, '');
}

/** Nothing that the reply has not said: no evidence, scores, checks or later deliveries. */
function senderView(record: TraceRecord): readonly string[] {
  const { verdict } = record;
  const text =
    verdict.action === 'accept' || verdict.action === 'quarantine' || verdict.action === 'discard'
      ? 'Accepted.'
      : `${verdict.status} ${clean(verdict.text)}`;
  return [`${record.id}  ${record.at}`, text];
}

function show(value: unknown): string {
  return clean(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined'));
}

function clean(text: string): string {
  return cleanForeignText(text);
}
