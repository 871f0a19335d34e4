import type { Result } from '#base/result.ts';
import { err } from '#base/result.ts';
import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { RunContext } from '#admin/operation.ts';
import { findOperation } from '#admin/operations.ts';
import type { AdminWorld } from '#admin/world.ts';
import type { ControlReply, ControlRequest } from './control-message.ts';

/** Does what a command asks: in the running server, or in the command itself when no server runs. */
export async function runRequest(
  world: AdminWorld,
  request: ControlRequest,
  context: RunContext,
): Promise<ControlReply> {
  const operation = findOperation(request.operation);
  if (operation === undefined)
    return { error: adminError('usage', `there is no operation "${request.operation}"`, request.operation) };
  if (request.mode === 'preview') {
    const preview = await caught(() => operation.preview(world, request.input));
    return preview.ok ? { preview: preview.value } : { error: preview.error };
  }
  const output = await caught(() => operation.run(world, request.input, context));
  return output.ok ? { output: output.value } : { error: output.error };
}

/** Our own bug ends one command, not the server. */
async function caught<T>(work: () => Promise<Result<T, AdminError>>): Promise<Result<T, AdminError>> {
  try {
    return await work();
  } catch (error) {
    return err(adminError('bug', error instanceof Error ? (error.stack ?? error.message) : String(error)));
  }
}
