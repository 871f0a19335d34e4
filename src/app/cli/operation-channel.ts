import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { Progress } from '#admin/operation.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { Configuration } from '#config/configuration.ts';
import type { ControlReply, ControlRequest } from '../control/control-message.ts';
import { connectControl } from '../control/control-client.ts';
import { runRequest } from '../control/run-request.ts';
import { takeDataLock } from '../data-lock.ts';
import { openLoneWorld } from '../world/lone-world.ts';

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
): Promise<Result<OperationChannel, AdminError>> {
  for (let tried = 0; tried < tries; tried += 1) {
    const client = await connectControl(configuration.dataDir);
    if (client !== undefined)
      return ok({
        ask: async (request, progress) =>
          (await client.ask(request, progress)) ?? { error: lost(configuration) },
        close: async () => client.close(),
      });
    const lock = takeDataLock(configuration.dataDir);
    if (lock.ok) return await loneChannel(configuration, lock.value.release);
    await new Promise((resolve) => setTimeout(resolve, tryAgainMs));
  }
  return err(
    adminError('store-busy', `${configuration.dataDir} is open in another process`, configuration.dataDir),
  );
}

function lost({ dataDir }: Configuration): AdminError {
  return adminError('unavailable', 'the server went away before it answered', dataDir);
}

async function loneChannel(
  configuration: Configuration,
  release: () => void,
): Promise<Result<OperationChannel, AdminError>> {
  const opened = await openLoneWorld(configuration);
  if (!opened.ok) {
    release();
    return opened;
  }
  const never = new AbortController();
  return ok({
    ask: (request, progress) => runRequest(opened.value.world, request, { progress, signal: never.signal }),
    async close() {
      await opened.value.close();
      release();
    },
  });
}
