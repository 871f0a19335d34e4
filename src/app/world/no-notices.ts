import type { AdminWorld } from '#admin/world.ts';

/** Where no server runs, nobody holds anything in memory that would have to be told. */
export const noNotices: AdminWorld['notices'] = {
  queueChanged: () => undefined,
  accountChanged: () => undefined,
  settingChanged: () => undefined,
  domainsChanged: () => undefined,
};
