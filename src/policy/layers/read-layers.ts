import type { TraceRecord, TraceStep } from '#trace/record.ts';
import type { AnyCheck } from '../check.ts';
import { checks } from '../checks.ts';
import { findFact } from '../facts.ts';
import type { FactName } from '../fact-table.ts';
import type { Layer } from './layer.ts';
import { layers } from './layer.ts';

/** Facts for which the text of the message has to be read. */
const ofContent: ReadonlySet<FactName> = new Set(['links', 'linkLists']);

interface Row {
  /** Its place in `layers`. */
  readonly layer: number;
  readonly asks: boolean;
}

const rows: ReadonlyMap<string, Row> = new Map(
  checks.map((row) => [
    row.name,
    {
      layer: layers.indexOf(layerOfCheck(row)),
      asks: row.reads.some((name) => findFact(name).asks !== 'nobody'),
    },
  ]),
);

function layerOfCheck(row: AnyCheck): Layer {
  return row.class === 'content' || row.reads.some((name) => ofContent.has(name)) ? 'content' : row.stage;
}

const content = layers.indexOf('content');
const message = layers.indexOf('message');

/** What is no stage of policy: log-ins come behind HELO, and the queue behind the message. */
const ofStage: Readonly<Record<TraceStep['stage'], number>> = {
  connect: layers.indexOf('connect'),
  helo: layers.indexOf('helo'),
  login: layers.indexOf('helo'),
  mail: layers.indexOf('mail'),
  rcpt: layers.indexOf('rcpt'),
  message,
  queue: message,
  deliver: message,
};

/** How a recorded message or attempt came through the layers, by their places in `layers`. */
export interface LayerReading {
  /** Up to this one they were passed; in it, where it stopped. */
  readonly last: number;
  /** Where it was decided that it is not for the inbox; −1: nowhere. */
  readonly deciding: number;
  readonly isStopped: boolean;
}

/** The times of one record by layer, in milliseconds; used again for each, so that reading makes nothing new. */
export class LayerTimes {
  /** Or `notTaken`. */
  readonly tookMs = new Float64Array(layers.length);
  /** Of the checks that ask: they do so at once, so that the longest counts. */
  readonly longestMs = new Float64Array(layers.length);
}

/** In the place of a time: none was taken. */
export const notTaken = -1;

/**
 * Reads a record in one pass and without a trace of its own, because it is done for each message. `undefined`: it is not
 * of mail from outside. @param times is filled anew
 */
export function readLayers(
  { session, kind, verdict, steps }: TraceRecord,
  times: LayerTimes,
): LayerReading | undefined {
  if (session.role !== 'mx' || (kind !== 'message' && kind !== 'attempt')) return undefined;
  times.tookMs.fill(notTaken);
  times.longestMs.fill(0);
  let deciding = rows.get(verdict.by)?.layer ?? message;
  const isKnown = rows.has(verdict.by);
  for (const step of steps) {
    const row = rows.get(step.check);
    const layer = row?.layer ?? ofStage[step.stage];
    if (!isKnown && step.check === verdict.by && step.outcome === 'finding') deciding = layer;
    addTime(times, { layer, ms: step.ms, asks: row?.asks === true });
  }
  const isStopped = verdict.action !== 'accept' && verdict.action !== 'quarantine';
  if (verdict.action === 'accept') deciding = -1;
  const wasRead = (times.tookMs[content] ?? notTaken) !== notTaken;
  return { last: isStopped ? deciding : wasRead ? content : message, deciding, isStopped };
}

function addTime(
  { tookMs, longestMs }: LayerTimes,
  { layer, ms, asks }: { readonly layer: number; readonly ms: number; readonly asks: boolean },
): void {
  const before = Math.max(0, tookMs[layer] ?? 0);
  const known = longestMs[layer] ?? 0;
  const more = asks ? Math.max(0, ms - known) : ms;
  if (asks && ms > known) longestMs[layer] = ms;
  tookMs[layer] = before + more;
}

/** The layer of a check that is known by name only, as where its trace was not kept. */
export function layerOfName(name: string): Layer {
  const row = rows.get(name);
  return row === undefined ? (ofIntake[name] ?? 'message') : (layers[row.layer] ?? 'message');
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
