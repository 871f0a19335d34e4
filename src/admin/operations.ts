import { accountAdd } from './accounts/account-add.ts';
import { accountDisable } from './accounts/account-disable.ts';
import { accountEnable } from './accounts/account-enable.ts';
import { accountList } from './accounts/account-list.ts';
import { accountPassword } from './accounts/account-password.ts';
import { accountRemove } from './accounts/account-remove.ts';
import { aliasAdd } from './aliases/alias-add.ts';
import { aliasList } from './aliases/alias-list.ts';
import { aliasRemove } from './aliases/alias-remove.ts';
import { banAdd } from './bans/ban-add.ts';
import { banExport } from './bans/ban-export.ts';
import { banList } from './bans/ban-list.ts';
import { banRemove } from './bans/ban-remove.ts';
import { backup } from './backup/backup.ts';
import { reportsPreview } from './reports/reports-preview.ts';
import { reportsSent } from './reports/reports-sent.ts';
import { restore } from './backup/restore.ts';
import { doctor } from './doctor/doctor.ts';
import { domainAdd } from './domains/domain-add.ts';
import { domainDkim } from './domains/domain-dkim.ts';
import { domainDmarc } from './domains/domain-dmarc.ts';
import { domainChange } from './domains/domain-change.ts';
import { domainDns } from './domains/domain-dns.ts';
import { domainList } from './domains/domain-list.ts';
import { domainRemove } from './domains/domain-remove.ts';
import { domainSpf } from './domains/domain-spf.ts';
import { listsKey } from './lists/lists-key.ts';
import { listsShow } from './lists/lists-show.ts';
import { allowlistAdd, blocklistAdd } from './local-lists/add-entry.ts';
import { allowlistList, blocklistList } from './local-lists/list-entries.ts';
import { allowlistRemove, blocklistRemove } from './local-lists/remove-entry.ts';
import { blocklistReport } from './local-lists/report-mail.ts';
import { importMail } from './import/import.ts';
import { limitsSet } from './limits/limits-set.ts';
import { limitsShow } from './limits/limits-show.ts';
import { keysRotate } from './keys/keys-rotate.ts';
import type { AnyOperation } from './operation.ts';
import { policyList } from './policy/policy-list.ts';
import { policyReplay } from './policy/policy-replay.ts';
import { policySet } from './policy/policy-set.ts';
import { policyShow } from './policy/policy-show.ts';
import { policyStats } from './policy/policy-stats.ts';
import { policyTest } from './policy/policy-test.ts';
import { shadowList } from './policy/shadow-list.ts';
import { shadowShow } from './policy/shadow-show.ts';
import { shadowStart } from './policy/shadow-start.ts';
import { shadowStop } from './policy/shadow-stop.ts';
import { shadowComplain } from './policy/shadow-complain.ts';
import { shadowApply } from './policy/shadow-apply.ts';
import { queueDrop } from './queue/queue-drop.ts';
import { queueList } from './queue/queue-list.ts';
import { queueRenew } from './queue/queue-renew.ts';
import { queueRetry } from './queue/queue-retry.ts';
import { queueShow } from './queue/queue-show.ts';
import { relayAdd } from './relay/relay-add.ts';
import { relayList } from './relay/relay-list.ts';
import { relayRemove } from './relay/relay-remove.ts';
import { reportsList } from './reports/reports-list.ts';
import { reportsShow } from './reports/reports-show.ts';
import { rulesAdd } from './rules/rules-add.ts';
import { rulesList } from './rules/rules-list.ts';
import { rulesRemove } from './rules/rules-remove.ts';
import { rulesTest } from './rules/rules-test.ts';
import { settingsGet } from './settings/settings-get.ts';
import { settingsList } from './settings/settings-list.ts';
import { settingsSet } from './settings/settings-set.ts';
import { traceList } from './traces/trace-list.ts';
import { traceShow } from './traces/trace-show.ts';
import { version } from './version.ts';
import { webLink } from './web/web-link.ts';

/** All that an administrator can do. The command line and the control socket know nothing else. */
export const operations: readonly AnyOperation[] = [
  domainAdd,
  domainList,
  domainChange,
  domainRemove,
  domainDns,
  domainSpf,
  domainDkim,
  domainDmarc,
  accountAdd,
  accountList,
  accountRemove,
  accountPassword,
  accountDisable,
  accountEnable,
  aliasAdd,
  aliasList,
  aliasRemove,
  queueList,
  queueShow,
  queueRetry,
  queueDrop,
  queueRenew,
  banList,
  banAdd,
  banRemove,
  banExport,
  blocklistList,
  blocklistAdd,
  blocklistRemove,
  blocklistReport,
  allowlistList,
  allowlistAdd,
  allowlistRemove,
  listsShow,
  listsKey,
  limitsShow,
  limitsSet,
  relayList,
  relayAdd,
  relayRemove,
  reportsList,
  reportsShow,
  rulesList,
  rulesAdd,
  rulesRemove,
  rulesTest,
  traceShow,
  traceList,
  policyList,
  policyShow,
  policySet,
  policyTest,
  policyReplay,
  policyStats,
  shadowList,
  shadowShow,
  shadowStart,
  shadowStop,
  shadowApply,
  shadowComplain,
  reportsSent,
  reportsPreview,
  settingsList,
  settingsGet,
  settingsSet,
  backup,
  restore,
  importMail,
  keysRotate,
  doctor,
  webLink,
  version,
];

const byName: ReadonlyMap<string, AnyOperation> = new Map(operations.map((row) => [row.name, row]));

export function findOperation(name: string): AnyOperation | undefined {
  return byName.get(name);
}
