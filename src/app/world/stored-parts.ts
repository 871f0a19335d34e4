import type { LayerShares } from '#policy/layers/layer-shares.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { SqliteStore } from '#backends/sqlite/sqlite-store.ts';
import type { FlowControl } from '#net/flow-control.ts';
import type { LiveSettings } from '../live-settings.ts';
import type { Bans } from '../parts/open-bans.ts';
import type { Lists } from '../parts/open-lists.ts';
import type { OpenOwedReports } from '../parts/open-owed-reports.ts';
import type { OpenReceivedReports } from '../parts/open-received-reports.ts';
import type { Relays } from '../parts/open-relays.ts';
import type { Rules } from '../parts/open-rules.ts';
import type { Trials } from '../parts/open-trials.ts';

/** What stands on the open store, for a server and for a lone command alike. */
export interface StoredParts {
  readonly store: SqliteStore;
  readonly settings: LiveSettings;
  readonly resolver: Resolver;
  readonly bans: Bans;
  readonly lists: Lists;
  readonly relays: Relays;
  readonly receivedReports: OpenReceivedReports;
  readonly owedReports: OpenOwedReports;
  readonly rules: Rules;
  readonly trials: Trials;
  readonly layers: LayerShares;
  readonly flow: FlowControl;
}
