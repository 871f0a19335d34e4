import { checks } from '../checks.ts';
import type { JudgedCheck } from '../judge-check.ts';
import type { CheckValues, PolicyValues, Thresholds } from '../policy-values.ts';
import type { Replayed, ReplayWish } from '../replay-record.ts';
import type { CheckAction } from '../stage.ts';
import { isAtLeast } from '../stage.ts';
import { remedies } from './remedies.ts';
import type { KnownFacts } from './remedy.ts';
import type { Variation } from './variation.ts';

export interface VariationParts {
  readonly replayed: Replayed;
  readonly known: KnownFacts;
  readonly wish: ReplayWish;
  /** The connecting address. */
  readonly client: string;
}

/** Everything that is tried, what a sender could mend first. One thing at a time. */
export function variations(parts: VariationParts): readonly Variation[] {
  const found = parts.replayed.judged.filter(({ judgement }) => judgement.kind === 'finding');
  return [
    ...found.flatMap((one) => mended(one, parts)),
    ...comesAgain(parts),
    ...found.flatMap((one) => otherActions(one, parts)),
    ...otherPoints(parts),
    ...otherThresholds(parts),
    ...allowed(parts),
  ];
}

function mended({ check: { name } }: JudgedCheck, { known, wish }: VariationParts): readonly Variation[] {
  const remedy = remedies.get(name);
  const facts = remedy?.mended?.(known);
  if (remedy === undefined || facts === undefined) return [];
  return [{ kind: 'fact', check: name, words: remedy.had(known), wish: { ...wish, facts } }];
}

function comesAgain({ replayed, wish }: VariationParts): readonly Variation[] {
  if (replayed.action !== 'greylist') return [];
  const words = 'the sending server comes again after the delay, or had been known';
  return [{ kind: 'known', words, wish: { ...wish, isKnown: true } }];
}

/** Actions that are tried, mildest first. Of mail that was taken only what would have kept it out is worth a word. */
const triedActions: readonly CheckAction[] = ['note', 'score', 'junk', 'refuse'];

function otherActions(one: JudgedCheck, { wish, replayed }: VariationParts): readonly Variation[] {
  const { name } = one.check;
  const set = wish.values.check(name).action;
  return triedActions
    .filter((action) => action !== set && (replayed.action !== 'accept' || isAtLeast(action, 'junk')))
    .map((action) => ({
      kind: 'action',
      check: name,
      words: `the check ${name} were at ${action}, and not at ${set}`,
      wish: { ...wish, values: withCheck(wish.values, name, { action }) },
    }));
}

const thresholdNames = ['greylistScore', 'junkScore', 'refuseScore'] as const;
const settingNames = {
  greylistScore: 'greylist_score',
  junkScore: 'junk_score',
  refuseScore: 'refuse_score',
} as const satisfies Readonly<Record<keyof Thresholds, string>>;

/** The least change of each threshold that puts the message on its other side. */
function otherThresholds({ replayed: { verdict }, wish }: VariationParts): readonly Variation[] {
  return thresholdNames.flatMap((name): readonly Variation[] => {
    const set = wish.values[name];
    const other = verdict.score >= set ? verdict.score + 1 : verdict.score;
    if (other < 1) return [];
    const words = `${settingNames[name]} were ${other}, and not ${set}`;
    return [
      { kind: 'threshold', words, wish: { ...wish, values: withThresholds(wish.values, { [name]: other }) } },
    ];
  });
}

/** Points more or less that put the message on the other side of a threshold; with all thresholds moved the other way. */
function otherPoints({ replayed: { verdict }, wish }: VariationParts): readonly Variation[] {
  const { values } = wish;
  const steps = thresholdNames.map((name) =>
    verdict.score >= values[name] ? values[name] - 1 - verdict.score : values[name] - verdict.score,
  );
  return [...new Set(steps)]
    .sort((a, b) => Math.abs(a) - Math.abs(b))
    .map((points) => {
      const moved = Object.fromEntries(thresholdNames.map((name) => [name, values[name] - points]));
      const count = Math.abs(points);
      const words = `it had ${count} point${count === 1 ? '' : 's'} ${points < 0 ? 'less' : 'more'}`;
      return { kind: 'points', words, wish: { ...wish, values: withThresholds(values, moved) } };
    });
}

/** P-26: an allow entry lifts lists, greylisting and scores, and nothing else. */
function allowed({ client, wish }: VariationParts): readonly Variation[] {
  const row = checks.find(({ name }) => name === 'allowlist-client');
  if (row === undefined) return [];
  const vouch: JudgedCheck = {
    check: row,
    judgement: { kind: 'vouch', reason: 'as if it stood on the allow list' },
    action: 'note',
    score: 0,
    ms: 0,
  };
  return [{ kind: 'allowed', words: `${client} were on the allow list`, wish: { ...wish, beside: [vouch] } }];
}

export function withCheck(
  values: PolicyValues,
  name: string,
  other: Partial<CheckValues> & { readonly action: CheckAction },
): PolicyValues {
  return overlaid(values, {
    check: (asked) => (asked === name ? { ...plain(values.check(asked)), ...other } : values.check(asked)),
  });
}

function withThresholds(values: PolicyValues, other: Partial<Thresholds>): PolicyValues {
  return overlaid(values, other);
}

/** All else is as the values give it at that moment. */
function overlaid(values: PolicyValues, other: Partial<PolicyValues>): PolicyValues {
  return Object.create(values, Object.getOwnPropertyDescriptors(other)) as PolicyValues;
}

function plain({ action, weight, except }: CheckValues): CheckValues {
  return { action, weight, except };
}

/** Whether a finding had a part in the verdict. */
export function counts({ judgement, action, score }: JudgedCheck): boolean {
  return judgement.kind === 'finding' && (score > 0 || isAtLeast(action, 'junk'));
}
