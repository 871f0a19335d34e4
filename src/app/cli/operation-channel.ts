import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { Progress } from '#admin/progress.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { Configuration } from '#config/configuration.ts';
import type { ControlReply, ControlRequest } from '../control/control-message.ts';
import { connectControl } from '../control/control-client.ts';
import { runRequest } from '../control/run-request.ts';
import type { LoneWorld } from '../world/lone-world.ts';

/** The way from a command to the store: through the running server, or with the store opened here. */
export interface OperationChannel {
  ask(request: ControlRequest, progress: (progress: Progress) => void): Promise<ControlReply>;
  close(): Promise<void>;
}

const tries = 20;
const tryAgainMs = 250;

/** A server that is starting or stopping holds the lock and does not answer yet: asked again for five seconds. */
export async function openChannel(
  configuration: Configuration,
  need: 'store' | 'store-closed',
): Promise<Result<OperationChannel, AdminError>> {
  for (let tried = 0; tried < tries; tried += 1) {
    const client = await connectControl(configuration.dataDir);
    if (client !== undefined)
      return ok({
        ask: async (request, progress) =>
          (await client.ask(request, progress)) ?? { error: lost(configuration) },
        close: async () => client.close(),
      });
    const lone = await openHere(configuration, need);
    if (lone.ok) return ok(loneChannel(lone.value));
    if (lone.error.code !== 'store-busy') return lone;
    await new Promise((resolve) => setTimeout(resolve, tryAgainMs));
  }
  return err(
    adminError('store-busy', `${configuration.dataDir} is open in another process`, configuration.dataDir),
  );
}

function lost({ dataDir }: Configuration): AdminError {
  return adminError('unavailable', 'the server went away before it answered', dataDir);
}

function loneChannel({ world, close }: LoneWorld): OperationChannel {
  const never = new AbortController();
  return {
    ask: (request, progress) => runRequest(world, request, { progress, signal: never.signal }),
    close,
  };
}

/** The store is half of the program: commands that a server answers start without it. */
async function openHere(
  configuration: Configuration,
  need: 'store' | 'store-closed',
): Promise<Result<LoneWorld, AdminError>> {
  if (need === 'store') return await (await import('../world/lone-world.ts')).openLoneWorld(configuration);
  return (await import('../world/closed-world.ts')).openClosedWorld(configuration);
}
