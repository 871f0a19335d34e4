import assert from 'node:assert/strict';
import { networkSet } from '#base/client-address.ts';
import type { ClientAddress, Network } from '#base/client-address.ts';
import type { CheckAction } from '../stage.ts';
import { ruleAddress, ruleRecipient } from './mail-subject.ts';
import type { MailRule, RuleAction } from './mail-rule.ts';
import { readTerms } from './read-terms.ts';
import { RuleBook } from './rule-book.ts';
import type { RuleFacts } from './rule-facts.ts';

/** A rule as it is typed: `NAME ACTION WORDS…`, in the order of the book unless `priority=` says otherwise. */
export function ruleOfText(text: string, sinceMs = 0): MailRule {
  const [name = '', action = '', ...rest] = text.split(' ');
  const priority = rest.find((word) => word.startsWith('priority='))?.slice('priority='.length);
  const words = rest.filter((word) => !word.startsWith('priority='));
  const terms = readTerms(action as RuleAction, words);
  assert.ok(terms.ok, `${text}: ${terms.ok ? '' : terms.error}`);
  return {
    name,
    action: action as RuleAction,
    priority: Number(priority ?? 100),
    terms: terms.value,
    reason: undefined,
    sinceMs,
    untilMs: undefined,
  };
}

const partners = networkSet(['198.51.100.0/24' as Network]);

export interface BookOptions {
  readonly nowMs?: () => number;
  readonly ceiling?: CheckAction;
  readonly changed?: (name: string, rule: MailRule | undefined) => void;
}

export function bookOf(
  texts: readonly string[],
  { nowMs = () => 0, ceiling = 'refuse', changed = () => undefined }: BookOptions = {},
): RuleBook {
  const book = new RuleBook({
    clock: { now: nowMs },
    networks: (name) => (name === 'partners' ? partners : undefined),
    ceiling: () => ceiling,
    changed,
  });
  for (const [index, text] of texts.entries()) book.add(ruleOfText(text, index));
  return book;
}

/** Mail of `a@example.org` from 203.0.113.5 to `user@example.test`; cases change what they are about. */
export function ruleFacts(change: Partial<RuleFacts> = {}): Omit<RuleFacts, 'networks'> {
  return {
    direction: 'in',
    listener: 'mx',
    client: '203.0.113.5' as ClientAddress,
    helo: 'mail.example.org',
    isClientLate: false,
    tls: true,
    account: undefined,
    sender: ruleAddress('a@example.org'),
    recipient: ruleRecipient('user@example.test'),
    isReserved: false,
    size: { bytes: 0, isWhole: false },
    ...change,
  };
}
