import type { TraceRecord, TraceStep } from '#trace/record.ts';
import type { AnyCheck } from '../check.ts';
import { checks } from '../checks.ts';
import { findFact } from '../facts.ts';
import type { FactName } from '../fact-table.ts';
import type { Layer, LayerPass } from './layer.ts';
import { layers } from './layer.ts';

/** Facts for which the text of the message has to be read. */
const ofContent: ReadonlySet<FactName> = new Set(['links', 'linkLists']);

interface Row {
  readonly layer: Layer;
  readonly asks: boolean;
}

const rows: ReadonlyMap<string, Row> = new Map(
  checks.map((row) => [
    row.name,
    { layer: layerOfCheck(row), asks: row.reads.some((name) => findFact(name).asks !== 'nobody') },
  ]),
);

function layerOfCheck(row: AnyCheck): Layer {
  return row.class === 'content' || row.reads.some((name) => ofContent.has(name)) ? 'content' : row.stage;
}

const elsewhere: Readonly<Partial<Record<TraceStep['stage'], Layer>>> = {
  login: 'helo',
  queue: 'message',
  deliver: 'message',
};

/**
 * What a recorded message or attempt came to, layer by layer, up to the one that stopped it. Nothing of what did not come
 * from outside.
 */
export function readLayers(record: TraceRecord): readonly LayerPass[] {
  const { session, kind, verdict } = record;
  if (session.role !== 'mx' || (kind !== 'message' && kind !== 'attempt')) return [];
  const took = layerCosts(record.steps);
  const isStopped = verdict.action !== 'accept' && verdict.action !== 'quarantine';
  const deciding = layerNamed(record, verdict.by);
  const last = isStopped ? deciding : 'content';
  return layers.slice(0, layers.indexOf(last) + 1).flatMap((layer): readonly LayerPass[] => {
    const us = took.get(layer);
    // Content is looked into only where somebody wants to know.
    if (layer === 'content' && us === undefined && !(isStopped && deciding === 'content')) return [];
    const decides = layer === deciding && verdict.action !== 'accept';
    const outcome = !decides ? 'passed' : isStopped ? 'stopped' : 'junked';
    return [{ layer, outcome, ...(us === undefined ? {} : { us }) }];
  });
}

/** Where the check stands that decided; a score is told when the message is whole. */
function layerNamed({ steps }: TraceRecord, by: string): Layer {
  const known = rows.get(by)?.layer;
  if (known !== undefined) return known;
  const step = steps.findLast(({ check, outcome }) => check === by && outcome === 'finding');
  return step === undefined ? 'message' : layerOfStep(step);
}

/** The layer of a check that is known by name only, as where its trace was not kept. */
export function layerOfName(name: string): Layer {
  return rows.get(name)?.layer ?? ofIntake[name] ?? 'message';
}

const ofIntake: Readonly<Record<string, Layer>> = {
  relay: 'rcpt',
  recipient: 'rcpt',
  recipients: 'rcpt',
  room: 'rcpt',
  sender: 'mail',
  submitter: 'mail',
  size: 'mail',
};

function layerOfStep({ check, stage }: Pick<TraceStep, 'check' | 'stage'>): Layer {
  return rows.get(check)?.layer ?? elsewhere[stage] ?? (stage as Layer);
}

/** Those that ask nobody run one after the other; the others ask at once, so that the longest counts. */
function layerCosts(steps: readonly TraceStep[]): ReadonlyMap<Layer, number> {
  const plain = new Map<Layer, number>();
  const asking = new Map<Layer, number>();
  for (const { check, stage, ms } of steps) {
    const layer = layerOfStep({ check, stage });
    if (rows.get(check)?.asks === true) asking.set(layer, Math.max(asking.get(layer) ?? 0, ms));
    else plain.set(layer, (plain.get(layer) ?? 0) + ms);
  }
  const seen = new Set([...plain.keys(), ...asking.keys()]);
  return new Map(
    [...seen].map((layer) => [
      layer,
      Math.round(((plain.get(layer) ?? 0) + (asking.get(layer) ?? 0)) * 1000),
    ]),
  );
}
