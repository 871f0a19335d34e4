import { account } from './conditions/account.ts';
import { client } from './conditions/client.ts';
import { direction } from './conditions/direction.ts';
import { helo } from './conditions/helo.ts';
import { larger } from './conditions/larger.ts';
import { listener } from './conditions/listener.ts';
import { recipient } from './conditions/recipient.ts';
import { sender } from './conditions/sender.ts';
import { tls } from './conditions/tls.ts';
import type { RuleCondition } from './rule-condition.ts';

/** What a rule can ask, in the order of the documentation (I-89). */
export const ruleConditions: readonly RuleCondition[] = [
  direction,
  listener,
  client,
  helo,
  tls,
  account,
  sender,
  recipient,
  larger,
];
