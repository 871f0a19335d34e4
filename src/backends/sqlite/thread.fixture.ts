import { getPriority } from 'node:os';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { DatabaseFile } from './database-file.ts';
import type { Schema } from './schema.ts';
import type { WorkerContext, WorkerKind } from './thread.ts';

/* A worker small enough to show how one is written; `thread.test.ts` drives it. */

interface State {
  readonly file: DatabaseFile;
  readonly context: WorkerContext;
}

const schema: Schema = {
  name: 'words',
  migrations: [(db) => db.exec('CREATE TABLE word(id INTEGER PRIMARY KEY, text TEXT NOT NULL)')],
};

const operations = {
  add: {
    durable: true,
    run(state: State, args: { readonly text: string }): Result<void, Trouble> {
      state.file.db.prepare('INSERT INTO word(text) VALUES(?)').run(args.text);
      return args.text === 'refused' ? err({ code: 'invalid', what: 'text' }) : ok(undefined);
    },
  },
  list: {
    run(state: State): Result<readonly string[], Trouble> {
      return ok(
        state.file.db
          .prepare('SELECT text FROM word ORDER BY id')
          .all()
          .map((row) => String(row.text)),
      );
    },
  },
  bug: {
    run(): Result<void, Trouble> {
      throw new Error('our own bug');
    },
  },
  later: {
    alone: true,
    async run(state: State): Promise<Result<number, Trouble>> {
      await state.context.yield();
      return ok(Number(state.file.db.prepare('SELECT count(*) AS n FROM word').get()?.n));
    },
  },
  niceness: {
    run(): Result<number, Trouble> {
      return ok(getPriority());
    },
  },
  die: {
    alone: true,
    async run(): Promise<Result<void, Trouble>> {
      return process.exit(1);
    },
  },
};

export const kind: WorkerKind<undefined, State, typeof operations> = {
  name: 'words',
  module: import.meta.url,
  background: true,
  async open(_init, context) {
    const file = await context.files.open('words', schema, 'create');
    return file.ok ? ok({ file: file.value, context }) : file;
  },
  operations,
  group: (state) => state.file,
  close: (state) => state.file.close(),
};
