import type { Result } from '#base/result.ts';
import type { AggregateReport } from '#mailauth/dmarc/report/aggregate-report.ts';
import type { Engine, EngineKind } from '#platform/engine.ts';

/** S-09: a message that is larger holds no report that is read. */
export const reportMessageBytesMax = 10 * 1024 * 1024;

/** A whole message that came to the address for reports. */
export interface ReportRequest {
  readonly message: Uint8Array;
}

export type ReportReply = Result<AggregateReport, string>;
export type ReportEngine = Engine<ReportRequest, ReportReply>;

/** Reads aggregate reports beside the thread that speaks with clients (I-46). */
export const reportEngine: EngineKind<ReportRequest, ReportReply> = {
  name: 'dmarc-reports',
  module: new URL('./read-report-mail.ts', import.meta.url).href,
};
