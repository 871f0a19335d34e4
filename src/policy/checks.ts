import type { AnyCheck } from './check.ts';
import { allowlistClient } from './checks/connect/allowlist-client.ts';
import { iprev } from './checks/connect/iprev.ts';
import { rule } from './checks/connect/rule.ts';
import { heloAddress } from './checks/helo/helo-address.ts';
import { heloClaim } from './checks/helo/helo-claim.ts';
import { heloSyntax } from './checks/helo/helo-syntax.ts';
import { allowlistSender } from './checks/mail/allowlist-sender.ts';
import { blocklist } from './checks/mail/blocklist.ts';
import { senderDomain } from './checks/mail/sender-domain.ts';
import { allowlist } from './checks/message/allowlist.ts';
import { arc } from './checks/message/arc.ts';
import { author } from './checks/message/author.ts';
import { blocklistAuthor } from './checks/message/blocklist-author.ts';
import { blocklistUnproven } from './checks/message/blocklist-unproven.ts';
import { dkim } from './checks/message/dkim.ts';
import { dmarc } from './checks/message/dmarc.ts';
import { lookAlike } from './checks/message/look-alike.ts';
import { ownAuthor } from './checks/message/own-author.ts';
import { ownSender } from './checks/message/own-sender.ts';
import { replay } from './checks/message/replay.ts';
import { ruleWhole } from './checks/message/rule-whole.ts';
import { spfHelo } from './checks/message/spf-helo.ts';
import { spfStrict } from './checks/message/spf-strict.ts';
import { spf } from './checks/message/spf.ts';
import { harvest } from './checks/rcpt/harvest.ts';
import { listChecks } from './lists/list-check.ts';

/**
 * The checks, in the order in which they are read: by stage, and within a stage by weight of their word. The lists of
 * hosts stand behind `iprev`, those of names behind `helo-address` and `sender-domain`, those of links behind `dmarc`.
 */
export const checks: readonly AnyCheck[] = [
  // connect
  rule,
  allowlistClient,
  iprev,
  ...listChecks('client'),
  // helo
  heloClaim,
  heloSyntax,
  heloAddress,
  // mail
  blocklist,
  allowlistSender,
  senderDomain,
  ...listChecks('names'),
  // rcpt
  harvest,
  // message
  ruleWhole,
  author,
  blocklistAuthor,
  allowlist,
  blocklistUnproven,
  ownSender,
  ownAuthor,
  lookAlike,
  spfStrict,
  spf,
  spfHelo,
  dkim,
  arc,
  dmarc,
  ...listChecks('links'),
  replay,
];
