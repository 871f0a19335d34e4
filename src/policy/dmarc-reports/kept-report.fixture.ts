import type { Network } from '#base/client-address.ts';
import type { Domain } from '#mail/domain.ts';
import type { ReportRow } from '#mailauth/dmarc/report/aggregate-report.ts';
import type { KeptReport } from './kept-report.ts';

const dayMs = 86_400_000;

/** Names and addresses of a test are what they should be. */
export function reportRow(change: Partial<ReportRow> = {}): ReportRow {
  return {
    source: '203.0.113.9/32' as Network,
    messages: 10,
    disposition: 'none',
    dkimAligned: false,
    spfAligned: false,
    from: undefined,
    signer: undefined,
    returnPath: undefined,
    ...change,
  };
}

/** A report on the day before `nowMs`. */
export function keptReport(nowMs: number, change: Partial<KeptReport> = {}): KeptReport {
  return {
    reporter: 'reporter.example' as Domain,
    org: 'Reporter',
    id: '1',
    domain: 'example.test' as Domain,
    beginMs: nowMs - dayMs,
    endMs: nowMs,
    receivedAtMs: nowMs,
    rows: [reportRow()],
    otherMessages: 0,
    unread: 0,
    ...change,
  };
}
