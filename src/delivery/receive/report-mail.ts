import type { Address } from '#mail/address.ts';
import type { Domain } from '#mail/domain.ts';
import type { BlobTrouble, Blobs } from '#platform/blobs.ts';
import type { Result } from '#base/result.ts';
import { ByteCollector } from '#base/byte-collector.ts';
import { reportMessageBytesMax } from '#content/dmarc-reports/report-request.ts';
import type { ReportMail } from '#policy/dmarc-reports/report-desk.ts';
import type { MessageBody } from '#store/contract/messages.ts';
import { reservedName } from '#store/reserved-name.ts';
import type { TransactionStart } from './transaction-start.ts';

/** The local part that `domain dns` has others send their reports to; its mail goes to administrators too (S-03). */
const reportName = 'dmarc-reports';

/** A message that may be a report, held until it is in the queue. */
export type HeldReport = Omit<ReportMail, 'reporter' | 'trace'>;

/** Whether somebody outside sends a report here; those who log in or relay have none. */
export function isForReports({ parts, context, relay }: TransactionStart, to: readonly Address[]): boolean {
  const isOutside = context.role !== 'submission' && relay === undefined;
  return (
    isOutside && parts.reports !== undefined && to.some(({ local }) => reservedName(local) === reportName)
  );
}

/** A second name for what may leave the queue before it is read; `undefined` where it cannot be had. */
export async function holdReport(blobs: Blobs, body: MessageBody): Promise<HeldReport | undefined> {
  if (body.kind === 'bytes') return { bytes: () => body.bytes, release: () => undefined };
  if (body.sizeBytes > reportMessageBytesMax) return { bytes: () => undefined, release: () => undefined };
  const linked = await blobs.link(body.id);
  if (!linked.ok) return undefined;
  const id = linked.value;
  return { bytes: () => allOf(blobs.open(id, body.key)), release: () => blobs.remove(id) };
}

async function allOf(
  frames: AsyncIterable<Result<Uint8Array, BlobTrouble>>,
): Promise<Uint8Array | undefined> {
  const bytes = new ByteCollector();
  for await (const frame of frames) {
    if (!frame.ok) return undefined;
    bytes.append(frame.value);
  }
  return bytes.view();
}

/** Handed on once it is accepted; read when nobody waits for it. */
export function handReport({ parts, trace }: TransactionStart, held: HeldReport, reporter?: Domain): void {
  parts.reports?.take({ ...held, trace: trace.id, reporter });
}
