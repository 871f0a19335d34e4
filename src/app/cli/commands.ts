import type { OperationCommand, OwnCommand } from './command.ts';
import { accountAddCommand } from './commands/account-add.ts';
import { accountDisableCommand } from './commands/account-disable.ts';
import { accountEnableCommand } from './commands/account-enable.ts';
import { accountListCommand } from './commands/account-list.ts';
import { accountPasswordCommand } from './commands/account-password.ts';
import { accountRemoveCommand } from './commands/account-remove.ts';
import { aliasAddCommand } from './commands/alias-add.ts';
import { aliasListCommand } from './commands/alias-list.ts';
import { aliasRemoveCommand } from './commands/alias-remove.ts';
import { banAddCommand } from './commands/ban-add.ts';
import { banExportCommand } from './commands/ban-export.ts';
import { banListCommand } from './commands/ban-list.ts';
import { banRemoveCommand } from './commands/ban-remove.ts';
import { blocklistListCommand } from './commands/blocklist-list.ts';
import { blocklistAddCommand } from './commands/blocklist-add.ts';
import { blocklistRemoveCommand } from './commands/blocklist-remove.ts';
import { blocklistReportCommand } from './commands/blocklist-report.ts';
import { allowlistListCommand } from './commands/allowlist-list.ts';
import { allowlistAddCommand } from './commands/allowlist-add.ts';
import { allowlistRemoveCommand } from './commands/allowlist-remove.ts';
import { listsShowCommand } from './commands/lists-show.ts';
import { listsKeyCommand } from './commands/lists-key.ts';
import { backupCommand } from './commands/backup.ts';
import { checkConfigCommand } from './commands/check-config.ts';
import { doctorCommand } from './commands/doctor.ts';
import { domainAddCommand } from './commands/domain-add.ts';
import { domainChangeCommand } from './commands/domain-change.ts';
import { domainDnsCommand } from './commands/domain-dns.ts';
import { domainDkimCommand } from './commands/domain-dkim.ts';
import { domainDmarcCommand } from './commands/domain-dmarc.ts';
import { domainSpfCommand } from './commands/domain-spf.ts';
import { domainListCommand } from './commands/domain-list.ts';
import { domainRemoveCommand } from './commands/domain-remove.ts';
import { importCommand } from './commands/import.ts';
import { limitsSetCommand } from './commands/limits-set.ts';
import { limitsShowCommand } from './commands/limits-show.ts';
import { keysRotateCommand } from './commands/keys-rotate.ts';
import { policyListCommand } from './commands/policy-list.ts';
import { policyReplayCommand } from './commands/policy-replay.ts';
import { policySetCommand } from './commands/policy-set.ts';
import { policyShowCommand } from './commands/policy-show.ts';
import { policyStatsCommand } from './commands/policy-stats.ts';
import { policyTestCommand } from './commands/policy-test.ts';
import { policyShadowListCommand } from './commands/policy-shadow-list.ts';
import { policyShadowShowCommand } from './commands/policy-shadow-show.ts';
import { policyShadowStartCommand } from './commands/policy-shadow-start.ts';
import { policyShadowStopCommand } from './commands/policy-shadow-stop.ts';
import { policyShadowComplainCommand } from './commands/policy-shadow-complain.ts';
import { policyShadowApplyCommand } from './commands/policy-shadow-apply.ts';
import { queueDropCommand } from './commands/queue-drop.ts';
import { queueListCommand } from './commands/queue-list.ts';
import { queueRenewCommand } from './commands/queue-renew.ts';
import { queueRetryCommand } from './commands/queue-retry.ts';
import { queueShowCommand } from './commands/queue-show.ts';
import { quickstartCommand } from './commands/quickstart.ts';
import { reportsPreviewCommand } from './commands/reports-preview.ts';
import { reportsSentCommand } from './commands/reports-sent.ts';
import { restoreCommand } from './commands/restore.ts';
import { relayAddCommand } from './commands/relay-add.ts';
import { relayListCommand } from './commands/relay-list.ts';
import { relayRemoveCommand } from './commands/relay-remove.ts';
import { reportsListCommand } from './commands/reports-list.ts';
import { reportsShowCommand } from './commands/reports-show.ts';
import { rulesAddCommand } from './commands/rules-add.ts';
import { rulesListCommand } from './commands/rules-list.ts';
import { rulesRemoveCommand } from './commands/rules-remove.ts';
import { rulesTestCommand } from './commands/rules-test.ts';
import { serveCommand } from './commands/serve.ts';
import { settingsGetCommand } from './commands/settings-get.ts';
import { settingsListCommand } from './commands/settings-list.ts';
import { settingsSetCommand } from './commands/settings-set.ts';
import { traceListCommand } from './commands/trace-list.ts';
import { traceShowCommand } from './commands/trace-show.ts';
import { versionCommand } from './commands/version.ts';
import { webLinkCommand } from './commands/web-link.ts';

/** Commands that start, look or make; the rest are calls of administrative operations. In the order of the help. */
export const ownCommands: readonly OwnCommand[] = [
  quickstartCommand,
  serveCommand,
  checkConfigCommand,
  versionCommand,
];

export const operationCommands: readonly OperationCommand[] = [
  domainAddCommand,
  domainListCommand,
  domainChangeCommand,
  domainRemoveCommand,
  domainDnsCommand,
  domainSpfCommand,
  domainDkimCommand,
  domainDmarcCommand,
  accountAddCommand,
  accountListCommand,
  accountRemoveCommand,
  accountPasswordCommand,
  accountDisableCommand,
  accountEnableCommand,
  aliasAddCommand,
  aliasListCommand,
  aliasRemoveCommand,
  queueListCommand,
  queueShowCommand,
  queueRetryCommand,
  queueDropCommand,
  queueRenewCommand,
  banListCommand,
  banAddCommand,
  banRemoveCommand,
  banExportCommand,
  blocklistListCommand,
  blocklistAddCommand,
  blocklistRemoveCommand,
  blocklistReportCommand,
  allowlistListCommand,
  allowlistAddCommand,
  allowlistRemoveCommand,
  listsShowCommand,
  listsKeyCommand,
  limitsShowCommand,
  limitsSetCommand,
  relayListCommand,
  relayAddCommand,
  relayRemoveCommand,
  reportsListCommand,
  reportsShowCommand,
  rulesListCommand,
  rulesAddCommand,
  rulesRemoveCommand,
  rulesTestCommand,
  traceListCommand,
  traceShowCommand,
  policyListCommand,
  policyShowCommand,
  policySetCommand,
  policyTestCommand,
  policyReplayCommand,
  policyStatsCommand,
  policyShadowListCommand,
  policyShadowShowCommand,
  policyShadowStartCommand,
  policyShadowStopCommand,
  policyShadowApplyCommand,
  policyShadowComplainCommand,
  reportsSentCommand,
  reportsPreviewCommand,
  settingsListCommand,
  settingsGetCommand,
  settingsSetCommand,
  importCommand,
  backupCommand,
  restoreCommand,
  keysRotateCommand,
  doctorCommand,
  webLinkCommand,
];
