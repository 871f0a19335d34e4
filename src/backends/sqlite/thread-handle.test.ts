import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err, ok } from '#base/result.ts';
import type { DatabaseFile } from './database-file.ts';
import { openMemory } from './files.ts';
import { handler } from './thread-handle.ts';
import type { Reply, WorkerKind } from './thread.ts';

interface Words {
  readonly file: DatabaseFile;
  /** What was run, in order. */
  readonly runs: string[];
}

function add({ file, runs }: Words, text: string) {
  runs.push(text);
  file.db.prepare('INSERT INTO word(text) VALUES (?)').run(text);
  return ok(text.length);
}

const operations = {
  add: { durable: true, run: add },
  refuse: { run: () => err({ code: 'invalid', what: 'text' } as const) },
};

const kind: WorkerKind<undefined, Words, typeof operations> = {
  name: 'words',
  module: import.meta.url,
  open: async () => err({ code: 'unavailable', detail: 'it is opened here' }),
  operations,
  group: ({ file }) => file,
  close: ({ file }) => file.close(),
};

function openWords() {
  const made = 'CREATE TABLE word(text TEXT NOT NULL UNIQUE)';
  const opened = openMemory('words', { name: 'words', migrations: [(db) => db.exec(made)] });
  assert.ok(opened.ok);
  const words: Words = { file: opened.value, runs: [] };
  const handle = handler(kind, words);
  /** What is answered, by the number of the operation in the batch. */
  async function batch(...asked: readonly (readonly [name: keyof typeof operations, args: string])[]) {
    words.runs.splice(0);
    const replies: Reply[] = [];
    const requests = asked.map(([name, args], id) => ({ id, name, args }));
    await new Promise<void>((answered) =>
      handle.handle(requests, (some) => {
        replies.push(...some);
        if (replies.length >= asked.length) answered();
      }),
    );
    const stored = words.file.db.prepare('SELECT text FROM word ORDER BY rowid').all();
    const told = replies.toSorted((a, b) => a.id - b.id).map(wordsOf);
    return { told, runs: [...words.runs], stored: stored.map(({ text }) => String(text).slice(0, 3)) };
  }
  return { file: words.file, handle, batch };
}

function wordsOf(reply: Reply): string {
  if ('bug' in reply) return 'bug';
  return reply.result.ok ? 'ok' : reply.result.error.code;
}

test('what one operation refuses is its own: the others of its batch are written once and answered once', async () => {
  const { batch, handle } = openWords();
  assert.deepEqual(await batch(['add', 'one'], ['refuse', ''], ['add', 'two']), {
    told: ['ok', 'invalid', 'ok'],
    runs: ['one', 'one', 'two'],
    stored: ['one', 'two'],
  });
  await handle.close();
});

test('an error of SQLite ends a batch: none of it is written or run again, and the next goes on', async () => {
  const { batch, handle, file } = openWords();
  await batch(['add', 'one']);
  const broken = { told: ['bug', 'bug', 'bug'], runs: ['two', 'one'], stored: ['one'] };
  assert.deepEqual(await batch(['add', 'two'], ['add', 'one'], ['add', 'new']), broken);
  const pages = file.db.prepare('PRAGMA page_count').get()?.['page_count'];
  file.db.exec(`PRAGMA max_page_count=${String(pages)}`);
  const long = 'x'.repeat(50_000);
  const full = { told: ['disk-full', 'disk-full'], runs: ['two', long], stored: ['one'] };
  assert.deepEqual(await batch(['add', 'two'], ['add', long]), full);
  assert.deepEqual(await batch(['refuse', ''], ['add', 'two'], ['add', long]), {
    ...full,
    told: ['disk-full', 'disk-full', 'disk-full'],
  });
  assert.deepEqual(await batch(['add', 'two']), { told: ['ok'], runs: ['two'], stored: ['one', 'two'] });
  await handle.close();
});
