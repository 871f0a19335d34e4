import { logSettings } from './log-settings.ts';
import { backupSettings } from './backup/backup-settings.ts';
import { string } from '#config/kinds/string.ts';
import { union } from '#config/kinds/union.ts';
import type { Setting } from '#config/setting.ts';
import { setting } from '#config/setting.ts';
import { reportSettings } from '#delivery/dmarc-reports/report-settings.ts';
import { downstreamSettings } from '#delivery/downstream/downstream-settings.ts';
import { accountSendingSettings, relaySendingSettings } from '#delivery/receive/sending-settings.ts';
import { receiveSettings } from '#delivery/receive/receive-settings.ts';
import { loginLimitSettings } from '#identity/login-limit-settings.ts';
import { allPolicySettings } from '#policy/policy-settings.ts';
import { connectionSettings } from '#net/connection-settings.ts';
import { flowSettings } from '#policy/flow/flow-settings.ts';
import { listFileSettings } from '#policy/list-files/file-settings.ts';
import { feedSettings } from '#policy/local-lists/feed-settings.ts';
import { listSettings } from '#policy/lists/list-settings.ts';
import { tarpitSettings } from '#policy/peers/tarpit.ts';
import { banSettings } from '#policy/bans/ban-settings.ts';
import { smtpBudgetSettings } from '#protocols/smtp/server/smtp-budget-settings.ts';
import { traceSettings } from '#trace/trace-settings.ts';

/** Settings of the program as a whole. */
export const appSettings = {
  logLevel: setting('log.level', union(['info', 'notice', 'warning', 'error']), 'notice', {
    meaning: 'Events of this level and above are logged. `info` tells of every connection and message.',
  }),
  recoveryCopy: setting('keys.recovery_copy', string({ lengthMin: 0, lengthMax: 64 }), '', {
    meaning:
      'The id of the master key of which you keep a copy in a safe place, as "postern doctor" names it. Until it is the key in use, doctor warns.',
    requirements: ['I-03'],
  }),
};

/** All settings of the store, as each folder declares them beside its code. */
export const settings: readonly Setting<unknown>[] = [
  ...Object.values<Setting<unknown>>(receiveSettings),
  ...Object.values<Setting<unknown>>(downstreamSettings),
  ...Object.values<Setting<unknown>>(reportSettings),
  ...Object.values<Setting<unknown>>(accountSendingSettings),
  ...Object.values<Setting<unknown>>(relaySendingSettings),
  ...Object.values<Setting<unknown>>(connectionSettings),
  ...Object.values<Setting<unknown>>(loginLimitSettings),
  ...Object.values<Setting<unknown>>(flowSettings),
  ...Object.values<Setting<unknown>>(smtpBudgetSettings),
  ...Object.values<Setting<unknown>>(tarpitSettings),
  ...Object.values<Setting<unknown>>(banSettings),
  ...allPolicySettings,
  ...Object.values<Setting<unknown>>(listSettings),
  ...Object.values<Setting<unknown>>(listFileSettings),
  ...Object.values<Setting<unknown>>(feedSettings),
  ...Object.values<Setting<unknown>>(traceSettings),
  ...Object.values<Setting<unknown>>(backupSettings.rows),
  ...Object.values<Setting<unknown>>(logSettings),
  ...Object.values<Setting<unknown>>(appSettings),
];
