import type { TraceRecord } from '#trace/record.ts';
import type { FactName } from '../fact-table.ts';
import { factNames } from '../facts.ts';
import type { OwnNames } from '../own-names.ts';
import type { PolicyValues } from '../policy-values.ts';
import { recordedClient } from '../recorded-client.ts';
import { RecordedFacts } from '../recorded-facts.ts';
import type { Replayed, ReplayedAction } from '../replay-record.ts';
import { replayWhole } from '../replay-record.ts';
import type { KnownFacts } from './remedy.ts';
import type { Variation, VariationKind } from './variation.ts';
import { variations } from './variations.ts';

/** S-09: other ways that are tried for one message; each is one pass over checks that ask nobody. */
const variationsMax = 256;

/** What would have changed a verdict of policy (N-2), one thing at a time, all else as it was. */
export interface WhatWouldChange {
  /** Under the settings of now, by what was known then. */
  readonly action: ReplayedAction;
  /** False: settings have changed since, and the message would be judged otherwise now. */
  readonly asThen: boolean;
  readonly changes: readonly WouldBe[];
  readonly replayed: Replayed;
  readonly known: KnownFacts;
}

export interface WouldBe {
  readonly kind: VariationKind;
  readonly check?: string;
  /** Goes on from "… if". */
  readonly words: string;
  /** What would have been done. */
  readonly action: ReplayedAction;
  /** Checks whose facts nobody asked for then: what they would have found nobody knows. */
  readonly unasked: readonly string[];
}

/** `undefined`: no setting of policy had a part in it. Asks nobody, and gives the same for the same record and settings. */
export async function whatWouldChange(
  record: TraceRecord,
  policy: { readonly values: PolicyValues; readonly own: OwnNames },
): Promise<WhatWouldChange | undefined> {
  try {
    return await tryAll(record, policy);
  } catch {
    // Another version wrote the record, with facts of another shape: it is shown all the same.
    return undefined;
  }
}

async function tryAll(
  record: TraceRecord,
  { values, own }: { readonly values: PolicyValues; readonly own: OwnNames },
): Promise<WhatWouldChange | undefined> {
  const wish = { values, own };
  const replayed = await replayWhole(record, wish);
  const facts = RecordedFacts.of(record, own);
  const client = recordedClient(record)?.client;
  if (replayed === undefined || facts === undefined || client === undefined) return undefined;
  const known = await allFacts(facts);
  const changes: WouldBe[] = [];
  for (const variation of variations({ replayed, known, wish, client }).slice(0, variationsMax)) {
    const would = await tried(record, variation, replayed.action);
    if (would !== undefined && !isSaidAlready(changes, would)) changes.push(would);
  }
  return { action: replayed.action, asThen: isAsThen(record, replayed.action), changes, replayed, known };
}

async function tried(
  record: TraceRecord,
  { wish, ...variation }: Variation,
  before: ReplayedAction,
): Promise<WouldBe | undefined> {
  const other = await replayWhole(record, wish);
  if (other === undefined || other.action === before) return undefined;
  return { ...variation, action: other.action, unasked: other.unasked };
}

/** A check at `note`, at `score` and at `junk` may all mean the inbox: the first, the mildest, says it. */
function isSaidAlready(said: readonly WouldBe[], { kind, check, action }: WouldBe): boolean {
  const saysIt = (one: WouldBe): boolean => one.kind === kind && one.action === action;
  return kind === 'action' || kind === 'points'
    ? said.some((one) => saysIt(one) && one.check === check)
    : false;
}

async function allFacts(facts: RecordedFacts): Promise<KnownFacts> {
  const known: Partial<Record<FactName, unknown>> = {};
  for (const name of factNames) if (facts.has(name)) known[name] = await facts.read(name);
  return known as KnownFacts;
}

const sameThen: Readonly<Record<TraceRecord['verdict']['action'], readonly ReplayedAction[]>> = {
  accept: ['accept'],
  quarantine: ['junk'],
  defer: ['defer', 'greylist'],
  refuse: ['refuse'],
  discard: ['discard'],
};

function isAsThen({ verdict }: TraceRecord, action: ReplayedAction): boolean {
  return sameThen[verdict.action].includes(action);
}
