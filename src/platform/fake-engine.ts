import { err, ok } from '#base/result.ts';
import type { Awaitable } from '#base/result.ts';
import type { EngineTrouble, OptionalEngine } from './engine.ts';

/** Does the work in the caller's thread, with no bound in time. */
export function createFakeEngine<Request, Reply>(
  run: (request: Request) => Promise<Reply>,
  trouble: () => Awaitable<EngineTrouble | undefined> = () => undefined,
): OptionalEngine<Request, Reply> {
  return {
    offer: () => true,
    async run(request) {
      const now = await trouble();
      return now === undefined ? ok(await run(structuredClone(request))) : err(now);
    },
  };
}
