import type { TraceRecord } from './record.ts';

/** How long a trace is kept goes by what came of it (S-11). */
export type TraceClass = 'delivered' | 'refused' | 'security';

export const traceClasses: readonly TraceClass[] = ['delivered', 'refused', 'security'];

/** Mail that went on, mail that did not, and what was no mail (logins, connections). */
export function traceClass({ kind, verdict }: Pick<TraceRecord, 'kind' | 'verdict'>): TraceClass {
  if (kind === 'login' || kind === 'connection') return 'security';
  return verdict.action === 'refuse' || verdict.action === 'defer' ? 'refused' : 'delivered';
}
