import type { AdminWorld } from '#admin/world.ts';
import { troubleError } from '#admin/trouble-error.ts';
import { err } from '#base/result.ts';
import type { Configuration } from '#config/configuration.ts';
import { attachmentEngine } from '#content/attachments/attachment-request.ts';
import type { Secrets } from '#platform/secrets.ts';
import { ThreadEngine } from '#backends/system/thread-engine.ts';
import { doctorChecks } from '../doctor/checks.ts';
import type { World } from '../parts/world.ts';
import { appSettings, settings } from '../settings.ts';
import { readVersion } from '../version.ts';
import { packetFilter } from './packet-filter.ts';
import { rotateMaster } from './rotate-master.ts';
import { AccountKeys } from '../keys/account-keys.ts';
import { storeBackups } from '../backup/store-backups.ts';
import { reportSettings } from '#delivery/dmarc-reports/report-settings.ts';
import { ownAddresses } from '../parts/own-addresses.ts';
import { openMailSource } from './mail-source.ts';
import { readMessageFile } from './message-file.ts';
import type { StoredParts } from './stored-parts.ts';

export interface AdminParts extends StoredParts {
  readonly configuration: Configuration;
  readonly world: World;
  readonly secrets: Secrets;
  /** A server runs, as against a lone command. */
  readonly serving: boolean;
  readonly notices: AdminWorld['notices'];
}

/** Joins what administrative operations are given, for the server and for a lone command alike. */
export function makeAdminWorld(parts: AdminParts): AdminWorld {
  const { configuration, store, resolver, world } = parts;
  let { secrets } = parts;
  return {
    version: readVersion(),
    hostname: configuration.hostname,
    outgoingAddresses: configuration.outbound.addresses,
    store,
    clock: world.clock,
    random: world.random,
    resolver,
    settings,
    ownAddresses: ownAddresses(configuration),
    messageFile: readMessageFile,
    mailSource: openMailSource,
    flow: parts.flow,
    lists: parts.lists,
    attachments: new ThreadEngine(attachmentEngine),
    relays: parts.relays,
    receivedReports: parts.receivedReports.book,
    rules: parts.rules,
    trials: parts.trials,
    layers: parts.layers,
    owedReports: {
      book: parts.owedReports.book,
      settings: parts.settings.view(reportSettings),
    },
    bans: {
      book: parts.bans.book,
      kept: () => parts.bans.kept(),
      packetFilter: () => packetFilter(parts),
    },
    backups: storeBackups({ configuration, world, store, secrets: () => secrets }),
    keys: {
      async rotateAccounts(progress) {
        const rotated = await new AccountKeys(store, world.clock).rotate(progress);
        return rotated.ok ? rotated : err(troubleError(rotated.error, { where: 'account keys' }));
      },
      rotateMaster: (file) =>
        rotateMaster(file, {
          random: world.random,
          async rewrap(next) {
            const rewrapped = await store.rewrap(next);
            if (rewrapped.ok) secrets = next;
            return rewrapped;
          },
        }),
    },
    doctorChecks: doctorChecks({
      configuration,
      clock: world.clock,
      queue: store.queue,
      lists: parts.lists,
      resolver,
      serving: parts.serving,
      store,
      masterKeyId: parts.secrets.masterKeyId,
      recoveryCopy: async () => {
        const found = await store.settings.get(appSettings.recoveryCopy.name);
        return found.ok && typeof found.value?.value === 'string' ? found.value.value : undefined;
      },
    }),
    notices: parts.notices,
  };
}
