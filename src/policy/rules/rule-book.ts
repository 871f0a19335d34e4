import type { Clock } from '#platform/clock.ts';
import type { NamedNetworks } from '../flow/flow-rules.ts';
import type { CheckAction } from '../stage.ts';
import { judgeRules } from './judge-rules.ts';
import type { RuleOutcome } from './judge-rules.ts';
import { isRuleLive } from './mail-rule.ts';
import type { MailRule } from './mail-rule.ts';
import type { RuleFacts } from './rule-facts.ts';

/** S-09: each is asked for each recipient. */
export const rulesMax = 200;

export interface RuleBookParts {
  readonly clock: Pick<Clock, 'now'>;
  readonly networks: NamedNetworks;
  /** The most that rules do just now: `policy.rule.action`. */
  readonly ceiling: () => CheckAction;
  /** Told of each change, to be kept over a restart; `undefined`: there is no rule of that name any more. */
  readonly changed: (name: string, rule: MailRule | undefined) => void;
}

/** The rules of this server about mail, in their order (I-89). */
export class RuleBook {
  readonly #parts: RuleBookParts;
  readonly #rules = new Map<string, MailRule>();
  #ordered: readonly MailRule[] = [];

  constructor(parts: RuleBookParts) {
    this.#parts = parts;
  }

  /** What was kept over a restart. */
  restore(rules: Iterable<MailRule>): void {
    const nowMs = this.#parts.clock.now();
    for (const rule of rules) {
      if (isRuleLive(rule, nowMs)) this.#rules.set(rule.name, rule);
      else this.#parts.changed(rule.name, undefined);
    }
    this.#sort();
  }

  /** Adds a rule, or puts it in the place of the one of its name. */
  add(rule: MailRule): 'added' | 'full' {
    if (!this.#rules.has(rule.name) && this.#rules.size >= rulesMax) this.#dropExpired();
    if (!this.#rules.has(rule.name) && this.#rules.size >= rulesMax) return 'full';
    this.#rules.set(rule.name, rule);
    this.#sort();
    this.#parts.changed(rule.name, rule);
    return 'added';
  }

  /** `undefined`: there was none that still holds. */
  remove(name: string): MailRule | undefined {
    const rule = this.#rules.get(name);
    if (rule === undefined) return undefined;
    this.#drop(name);
    return isRuleLive(rule, this.#parts.clock.now()) ? rule : undefined;
  }

  /** Those that hold now, in their order. */
  list(): readonly MailRule[] {
    const nowMs = this.#parts.clock.now();
    return this.#ordered.filter((rule) => isRuleLive(rule, nowMs));
  }

  get isEmpty(): boolean {
    return this.#rules.size === 0 || this.#parts.ceiling() === 'off';
  }

  get ceiling(): CheckAction {
    return this.#parts.ceiling();
  }

  judge(facts: Omit<RuleFacts, 'networks'>): RuleOutcome {
    return judgeRules(this.list(), { ...facts, networks: this.#parts.networks });
  }

  #drop(name: string): void {
    this.#rules.delete(name);
    this.#sort();
    this.#parts.changed(name, undefined);
  }

  #dropExpired(): void {
    const nowMs = this.#parts.clock.now();
    for (const rule of this.#ordered) if (!isRuleLive(rule, nowMs)) this.#drop(rule.name);
  }

  #sort(): void {
    this.#ordered = [...this.#rules.values()].sort(
      (a, b) => a.priority - b.priority || a.sinceMs - b.sinceMs || (a.name < b.name ? -1 : 1),
    );
  }
}
