import { KeptRows } from '#policy/kept-rows.ts';
import type { NamedNetworks } from '#policy/flow/flow-rules.ts';
import { livePolicyValues } from '#policy/read-policy-values.ts';
import { keptRule, readKeptRule, ruleOf } from '#policy/rules/kept-rule.ts';
import { RuleBook } from '#policy/rules/rule-book.ts';
import type { Settings } from '#store/contract/store.ts';
import type { LiveSettings } from '../live-settings.ts';
import type { World } from './world.ts';

export interface Rules {
  readonly book: RuleBook;
  /** Resolves when the last change is on disk. */
  kept(): Promise<void>;
}

export interface RulesMaking {
  readonly stored: Settings;
  readonly settings: LiveSettings;
  readonly networks: NamedNetworks;
  readonly world: World;
}

/** The rules about mail as they were kept, for the server and for a lone command alike. */
export async function openRules({ stored, settings, networks, world }: RulesMaking): Promise<Rules> {
  const { clock, events } = world;
  const kept = new KeptRows({
    settings: stored,
    namePrefix: 'rules.kept_',
    failed: ({ code }) => events.emit({ name: 'store-trouble', code, what: 'rules', detail: code }),
    read: readKeptRule,
  });
  const values = livePolicyValues(settings);
  const book = new RuleBook({
    clock,
    networks,
    ceiling: () => values.check('rule').action,
    changed: (name, rule) => kept.changed(name, rule && keptRule(rule)),
  });
  book.restore((await kept.load()).flatMap(ruleOf));
  return { book, kept: () => kept.flush() };
}
