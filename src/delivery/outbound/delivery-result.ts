import type { DestinationPlan, Server } from './destination-plan.ts';
import type { RecipientReport, SendReport } from './transport.ts';

/** What an attempt came to for one recipient. */
export interface DeliveryResult {
  /** `trouble`: our own store's; such mail waits and is never bounced for it. */
  readonly kind: 'delivered' | 'failed' | 'later' | 'held' | 'in-doubt' | 'trouble';
  /** RFC 3463. */
  readonly status: string;
  /** Their words when `said`, else ours. */
  readonly text: string;
  readonly said: boolean;
  readonly server: Server | undefined;
  /** `TLSv1.3 TLS_AES_…`, `TLSv1.3 … unverified`, `none`; `undefined` before a connection stood. */
  readonly tls: string | undefined;
}

/** What no server was asked for. */
export function resultOfPlan(plan: Exclude<DestinationPlan, { kind: 'servers' }>): DeliveryResult {
  const status = plan.kind === 'held' ? '4.7.0' : plan.status;
  return { ...ours(plan.kind, status, plan.text) };
}

/** Ours, before any server said anything. */
export function ours(kind: DeliveryResult['kind'], status: string, text: string): DeliveryResult {
  return { kind, status, text, said: false, server: undefined, tls: undefined };
}

export function resultOfReport(
  report: RecipientReport,
  server: Server,
  tls: SendReport['tls'],
): DeliveryResult {
  const kind = kinds[report.outcome];
  return {
    kind,
    status: report.status ?? defaultStatus(report),
    text: report.text,
    said: report.code !== undefined,
    server,
    tls: report.command === 'connect' && report.code === undefined ? undefined : tlsWords(tls),
  };
}

const kinds: Readonly<Record<RecipientReport['outcome'], DeliveryResult['kind']>> = {
  delivered: 'delivered',
  temporary: 'later',
  permanent: 'failed',
  connection: 'later',
  tls: 'later',
  'in-doubt': 'in-doubt',
};

/** For servers without enhanced status codes: the class from the outcome, the detail from the place. */
function defaultStatus({ outcome, command }: RecipientReport): string {
  if (outcome === 'delivered') return '2.0.0';
  if (outcome === 'connection') return command === 'connect' ? '4.4.1' : '4.4.2';
  if (outcome === 'tls') return '4.7.5';
  if (outcome === 'in-doubt') return '4.4.2';
  return `${outcome === 'permanent' ? 5 : 4}.0.0`;
}

function tlsWords({ used, version = '', cipher = '', verified }: SendReport['tls']): string {
  if (!used) return 'none';
  return `${version} ${cipher}${verified === true ? '' : ' unverified'}`;
}
