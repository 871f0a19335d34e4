import type { FlowLimitName } from './flow-limit.ts';

/** A limit beside what was seen of it (P-33). */
export interface FlowLimitReport {
  readonly name: FlowLimitName;
  /** 0: none. */
  readonly limit: number;
  /** What set it: `default`, or the row of `flow.rows`. */
  readonly from: string;
  /** What would hold without that row; `undefined`: nothing set it. */
  readonly overrides: { readonly limit: number; readonly from: string } | undefined;
  /** Connections that met it in the last days, restarts included. */
  readonly hits: number;
  /** The highest value seen, and what it stayed within for that part of the connections. */
  readonly peak: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** `undefined`: too little was seen. */
  readonly proposed: number | undefined;
}

export interface FlowScopeReport {
  /** `server`, `service:ROLE`, `listener:NAME` or `rule:NAME`. */
  readonly scope: string;
  /** Open now. */
  readonly open: number;
  /** New connections in the last days. */
  readonly seen: number;
  readonly limits: readonly FlowLimitReport[];
}
