import { adminError, exitCodeOf, exitCodes } from '#admin/errors.ts';
import type { AdminError } from '#admin/errors.ts';
import { findOperation } from '#admin/operations.ts';
import type { AdminWorld } from '#admin/world.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { WebSession } from '#identity/web-sessions.ts';
import type { EventSink } from '#trace/events.ts';
import type { WebPeer } from './web-peer.ts';

export interface DeskParts {
  readonly world: AdminWorld;
  readonly events: EventSink;
  readonly session: WebSession;
  readonly peer: WebPeer;
  readonly signal: AbortSignal;
}

/** Where somebody who is signed in asks for administrative operations: the same that the command line calls. */
export class Desk {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  get nowMs(): number {
    return this.#parts.world.clock.now();
  }

  get world(): Pick<AdminWorld, 'hostname' | 'version'> {
    return this.#parts.world;
  }

  /** What an operation that only looks gives; `T` is what it says that it gives. */
  async look<T>(name: string, input: unknown = {}): Promise<Result<T, AdminError>> {
    const operation = findOperation(name);
    if (operation?.looksOnly !== true) throw new Error(`${name} is no operation that only looks`);
    return (await operation.run(this.#parts.world, input, this.#context)) as Result<T, AdminError>;
  }

  /** Changes something; tells what was done in the words of the command line, and puts it on record. */
  async change(name: string, input: unknown): Promise<Result<readonly string[], AdminError>> {
    const operation = findOperation(name);
    if (operation === undefined) return err(adminError('bug', `no operation ${name}`));
    const { world, events, session, peer } = this.#parts;
    const output = await operation.run(world, input, this.#context);
    if (!output.ok) return output;
    const by = { by: 'web', client: peer.client, session: session.name };
    events.emit({ name: 'administration', operation: name, ...by });
    return ok(operation.render(output.value));
  }

  get #context() {
    return { progress: () => undefined, signal: this.#parts.signal };
  }
}

const statuses: ReadonlyMap<number, number> = new Map([
  [exitCodes.notFound, 404],
  [exitCodes.conflict, 409],
  [exitCodes.usage, 422],
  [exitCodes.tryAgain, 503],
]);

/** As HTTP says it. */
export function statusOf(error: AdminError): number {
  return statuses.get(exitCodeOf(error)) ?? 500;
}
