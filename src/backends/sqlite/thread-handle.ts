import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { isSqliteError } from './sqlite-trouble.ts';
import type { GroupFile, Operation, OperationTable, Reply, Request, WorkerKind } from './thread.ts';

type Send = (replies: readonly Reply[]) => void;

/** An open worker: takes batches, sends replies. The whole of a worker but for how messages travel. */
export interface Handler {
  handle(batch: readonly Request[], send: Send): void;
  close(): Promise<void>;
}

interface Job<State> {
  readonly request: Request;
  readonly operation: Operation<State>;
}

export function handler<Init, State, Table extends OperationTable<State>>(
  kind: WorkerKind<Init, State, Table>,
  state: State,
): Handler {
  const group = kind.group?.(state);
  const pending = new Set<Promise<void>>();
  /** Durable work that gathers while a commit is on its way to the disk: it shares the next one. */
  let gathered: GroupBatch<State>[] = [];
  let committing = false;

  /** Remembers work that answers later, so that `close` can wait for it. */
  function later(work: Promise<void>): void {
    pending.add(work);
    void work.finally(() => pending.delete(work));
  }

  function jobOf(request: Request): Job<State> {
    const operation = Object.hasOwn(kind.operations, request.name)
      ? kind.operations[request.name]
      : undefined;
    if (operation === undefined) throw new Error(`${kind.name} has no operation ${request.name}`);
    prepare(operation, request);
    return { request, operation };
  }

  function prepare(operation: Operation<State>, request: Request): void {
    try {
      operation.prepare?.(state, request.args as never);
    } catch {
      // `run` meets the same bug, and tells the one who asked.
    }
  }

  function alone(job: Job<State>, send: Send): Reply | undefined {
    try {
      const result = job.operation.run(state, job.request.args as never);
      if (!(result instanceof Promise)) return { id: job.request.id, result };
      later(
        result.then(
          (value) => send([{ id: job.request.id, result: value }]),
          (error: unknown) => send([bug(job.request, error)]),
        ),
      );
      return undefined;
    } catch (error) {
      return bug(job.request, error);
    }
  }

  function commitSoon(file: GroupFile, batch: GroupBatch<State>): void {
    if (!batch.jobs.some(isDurable)) {
      later(commitGroup({ state, batches: [batch], group: file }));
      return;
    }
    gathered.push(batch);
    if (!committing) later(commitGathered(file));
  }

  async function commitGathered(file: GroupFile): Promise<void> {
    committing = true;
    while (gathered.length > 0) {
      const batches = gathered;
      gathered = [];
      await commitGroup({ state, batches, group: file });
    }
    committing = false;
  }

  function handle(batch: readonly Request[], send: Send): void {
    const jobs = batch.map(jobOf);
    const grouped = group === undefined ? [] : jobs.filter((job) => job.operation.alone !== true);
    const rest = group === undefined ? jobs : jobs.filter((job) => job.operation.alone === true);
    if (group !== undefined && grouped.length > 0) commitSoon(group, { jobs: grouped, send });
    const replies = rest.map((job) => alone(job, send)).filter((reply) => reply !== undefined);
    if (replies.length > 0) send(replies);
  }

  async function close(): Promise<void> {
    while (pending.size > 0) await Promise.all(pending);
    await kind.close(state);
  }

  return { handle, close };
}

interface GroupBatch<State> {
  readonly jobs: readonly Job<State>[];
  readonly send: Send;
}

interface GroupWork<State> {
  readonly state: State;
  readonly batches: readonly GroupBatch<State>[];
  readonly group: GroupFile;
}

/** One transaction for the batches; what must be durable is answered after one shared sync. */
async function commitGroup<State>(work: GroupWork<State>): Promise<void> {
  const { batches, group } = work;
  const jobs = batches.flatMap((batch) => batch.jobs);
  const committed = together(work, jobs) ?? apart(work, jobs);
  if (!committed.ok) {
    const { error } = committed;
    answer(batches, ({ request }) => failedReply(request, error));
    return;
  }
  const replies = committed.value;
  answer(batches, (job) => (isDurable(job) ? undefined : replies.get(job)));
  if (!jobs.some(isDurable)) return;
  const synced = await group.sync();
  answer(batches, (job) => {
    if (!isDurable(job)) return undefined;
    return synced.ok ? replies.get(job) : { id: job.request.id, result: synced };
  });
}

/** What the operations of a group answer, or why none of them was committed. */
type Replies<State> = Result<ReadonlyMap<Job<State>, Reply>, Trouble | Error>;

/**
 * As nearly always all of them succeed, without a savepoint each: that would copy every page which they write.
 * `undefined`: one did not; all are undone.
 */
function together<State>(
  { state, group }: GroupWork<State>,
  jobs: readonly Job<State>[],
): Replies<State> | undefined {
  let hasFailed = false;
  const committed = attempt(() =>
    group.transaction(() => {
      const replies = new Map<Job<State>, Reply>();
      for (const job of jobs) {
        const result = runNow(state, job);
        if (!result.ok) {
          hasFailed = true;
          return result;
        }
        replies.set(job, { id: job.request.id, result });
      }
      return ok(replies);
    }),
  );
  const isBug = !committed.ok && committed.error instanceof Error && !isSqliteError(committed.error);
  return hasFailed || isBug ? undefined : committed;
}

/** A savepoint per operation: one that fails leaves nothing behind, and the others stand. */
function apart<State>(work: GroupWork<State>, jobs: readonly Job<State>[]): Replies<State> {
  return attempt(() =>
    work.group.transaction(() => ok(new Map(jobs.map((job) => [job, inSavepoint(work, job)])))),
  );
}

function isDurable<State>({ operation }: Job<State>): boolean {
  return operation.durable === true;
}

/** One message to each sender, if there is anything to say. */
function answer<State>(
  batches: readonly GroupBatch<State>[],
  replyTo: (job: Job<State>) => Reply | undefined,
): void {
  const bySender = new Map<Send, Reply[]>();
  for (const { jobs, send } of batches) {
    const replies = jobs.map(replyTo).filter((reply) => reply !== undefined);
    bySender.set(send, [...(bySender.get(send) ?? []), ...replies]);
  }
  for (const [send, replies] of bySender) if (replies.length > 0) send(replies);
}

function attempt<T>(commit: () => Result<T, Trouble>): Result<T, Trouble | Error> {
  try {
    return commit();
  } catch (error) {
    return err(error instanceof Error ? error : new Error(String(error)));
  }
}

function failedReply(request: Request, error: Trouble | Error): Reply {
  return error instanceof Error ? bug(request, error) : { id: request.id, result: err(error) };
}

/** A bug is told to its caller only; trouble of the file itself ends the batch, for SQLite may have rolled back already. */
function inSavepoint<State>({ group, state }: GroupWork<State>, job: Job<State>): Reply {
  const { request } = job;
  try {
    return { id: request.id, result: group.savepoint(() => runNow(state, job)) };
  } catch (error) {
    if (isSqliteError(error)) throw error;
    return bug(request, error);
  }
}

function runNow<State>(state: State, { operation, request }: Job<State>): Result<unknown, Trouble> {
  const result = operation.run(state, request.args as never);
  if (result instanceof Promise) throw new Error(`${request.name} answers later: mark it alone`);
  return result;
}

function bug(request: Request, error: unknown): Reply {
  return { id: request.id, bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
