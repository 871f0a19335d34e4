import { err, ok } from '#base/result.ts';
import type { Engine, EngineTrouble } from './engine.ts';

/** Does the work in the caller's thread, with no bound in time. */
export function createFakeEngine<Request, Reply>(
  run: (request: Request) => Promise<Reply>,
  trouble: () => EngineTrouble | undefined = () => undefined,
): Engine<Request, Reply> {
  return {
    async run(request) {
      const now = trouble();
      return now === undefined ? ok(await run(structuredClone(request))) : err(now);
    },
  };
}
