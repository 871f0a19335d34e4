import type { RuleFacts } from './rule-facts.ts';

/** Whether a condition holds; `undefined`: only the whole message will tell. */
export type Holds = boolean | undefined;

/** One thing that a rule can ask about a mail: a file of its own under `conditions/`, one line in `rule-conditions.ts`. */
export interface RuleCondition {
  /** As it is typed before `=`. */
  readonly name: string;
  /** What its value is, for the person who types it. */
  readonly meaning: string;
  /** `undefined`: this is no such value. */
  read(text: string): ReadCondition | undefined;
}

export interface ReadCondition {
  /** In its one spelling. */
  readonly value: string;
  holds(facts: RuleFacts): Holds;
}
