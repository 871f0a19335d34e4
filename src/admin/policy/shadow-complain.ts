import { err, ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import type { TraceRecord } from '#trace/record.ts';
import { adminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { findTrace, traceIdKind, traceNotFound } from '../traces/find-trace.ts';
import { renderTrial, showTrial } from './show-trial.ts';

export const shadowComplain = operation({
  name: 'policy shadow complain',
  meaning:
    'A reader wanted a message that a stage kept out or put into Junk: several such messages take the stage back.',
  input: { trace: required(traceIdKind, { meaning: 'The trace of the message.', requirements: ['N-3'] }) },
  async run(world, input) {
    const found = await findTrace(world, input.trace);
    if (!found.ok) return traceNotFound(found.error, input.trace);
    const stage = stageOf(found.value);
    if (stage === undefined)
      return err(adminError('value-invalid', 'no stage kept that message from its reader', input.trace));
    const trial = world.trials.book.complain(stage, found.value.id);
    if (trial === undefined)
      return err(adminError('trial-not-found', `trial ${stage} is not in its stages any more`, stage));
    await world.trials.kept();
    return ok(showTrial(trial));
  },
  render: renderTrial,
});

/** The trial under which it was judged, where that was to its reader's disadvantage. */
function stageOf({ facts }: TraceRecord): string | undefined {
  const told = (facts['trial'] ?? {}) as { readonly [name: string]: unknown };
  const isWorse = told['share'] !== undefined && distance(told['after']) > distance(told['before']);
  return isWorse && typeof told['id'] === 'string' ? told['id'] : undefined;
}

/** From the inbox. */
function distance(action: unknown): number {
  return action === 'accept' ? 0 : action === 'junk' ? 1 : 2;
}
