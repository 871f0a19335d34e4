import type { Configuration } from '#config/configuration.ts';
import { ReportSender } from '#delivery/dmarc-reports/report-sender.ts';
import { reportSettings } from '#delivery/dmarc-reports/report-settings.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { Store } from '#store/contract/store.ts';
import type { LiveSettings } from '../live-settings.ts';
import { readVersion } from '../version.ts';
import type { OpenOwedReports } from './open-owed-reports.ts';
import type { World } from './world.ts';

export interface ReportSenderWorld {
  readonly configuration: Configuration;
  readonly store: Store;
  readonly settings: LiveSettings;
  readonly resolver: Resolver;
  readonly owedReports: OpenOwedReports;
  readonly world: World;
  /** Something new is in the queue. */
  readonly queued: () => void;
}

/** Sends DMARC aggregate reports of this server (I-47). */
export function makeReportSender(parts: ReportSenderWorld): ReportSender {
  const { configuration, store, settings, resolver, owedReports, world, queued } = parts;
  const { clock, random, events } = world;
  return new ReportSender({
    book: owedReports.book,
    kept: () => owedReports.kept(),
    settings: settings.view(reportSettings),
    store,
    resolver,
    clock,
    random,
    events,
    hostname: configuration.outbound.hostname,
    generator: `Postern ${readVersion()}`,
    queued,
  });
}
