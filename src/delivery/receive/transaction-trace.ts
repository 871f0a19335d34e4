import { formatAddress } from '#mail/address.ts';
import type { ReversePath } from '#mail/address.ts';
import type { TraceSession, TraceStage, TraceStep, TraceVerdict } from '#trace/record.ts';
import type { Finding } from './finding.ts';
import type { Refusal, TransactionContext } from './intake.ts';
import { actionOf } from './refusal.ts';

/** Who sent what, from where, on which session (I-12). */
export function traceSession(context: TransactionContext): TraceSession {
  const { tls, identity, helo } = context;
  return {
    id: context.sessionId,
    listener: context.listener,
    role: context.role,
    client: context.client,
    ...(tls === undefined ? {} : { tls: { version: tls.version, cipher: tls.cipher } }),
    ...(helo === undefined ? {} : { helo }),
    ...(identity === undefined
      ? {}
      : { account: formatAddress(identity.address), mechanism: identity.mechanism }),
  };
}

/** A finding as a step of the trace. */
export function refusalStep(finding: Finding, stage: TraceStage): Omit<TraceStep, 'ms'> {
  const { check, refusal, about, detail, evidence } = finding;
  return {
    stage,
    check,
    outcome: 'finding',
    action: actionOf(refusal),
    status: refusal.status,
    reason: refusal.text,
    evidence: {
      ...(about === undefined ? {} : { about }),
      ...(detail === undefined ? {} : { detail }),
      ...evidence,
    },
  };
}

export function refusalVerdict(by: string, refusal: Refusal): TraceVerdict {
  return { action: actionOf(refusal), by, score: 0, status: refusal.status, text: refusal.text };
}

export function pathText(path: ReversePath): string {
  return path === undefined ? '' : formatAddress(path);
}
