import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { temporaryFolder } from '#backends/system/temporary-folder.fixture.ts';
import { err, ok } from '#base/result.ts';
import { databaseHandle } from './database-handle.ts';
import { diskFiles, openMemory } from './files.ts';
import type { Schema } from './schema.ts';

const source = join(import.meta.dirname, '../..');
let folder = '';

before(async () => {
  folder = await temporaryFolder('files');
});
after(() => rm(folder, { recursive: true }));

const one: Schema = {
  name: 'words',
  migrations: [(db) => db.exec('CREATE TABLE word(id INTEGER PRIMARY KEY, text TEXT)')],
};
const two: Schema = {
  name: 'words',
  migrations: [...one.migrations, (db) => db.exec('ALTER TABLE word ADD COLUMN lang TEXT')],
};

/** The data folder's own lock is an SQLite file that holds nothing; a backup's list names files of a closed store. */
const allowed = new Set([
  relative(source, join(import.meta.dirname, 'files.ts')),
  'app/data-lock.ts',
  'app/backup/manifest.ts',
]);

it('STORAGE §1: one module names database paths and opens databases', async () => {
  const files = (await readdir(source, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !/\.(?:test|fixture)\.ts$/.test(name),
  );
  assert.ok(files.length > 100);
  const offenders: string[] = [];
  for (const name of files) {
    if (allowed.has(name)) continue;
    const text = await readFile(join(source, name), 'utf8');
    if (/\.db['"`]|['"`]\.db\b|-wal['"`]|new DatabaseSync\b/.test(text)) offenders.push(name);
  }
  assert.deepEqual(offenders, []);
});

describe('files on disk', () => {
  it('are for their owner only', async () => {
    const opened = await diskFiles(folder).open('deep/down/words', one, 'create');
    assert.ok(opened.ok);
    opened.value.db.exec("INSERT INTO word(text) VALUES ('x')");
    for (const name of await readdir(folder, { recursive: true })) {
      const { mode } = await stat(join(folder, name));
      assert.equal(mode & 0o077, 0, `${name} ${mode.toString(8)}`);
    }
    await opened.value.close();
  });

  it('are brought up to date, and left alone when they come from a newer release', async () => {
    const files = diskFiles(folder);
    for (const schema of [one, two, two]) {
      const opened = await files.open('words', schema, 'create');
      assert.ok(opened.ok);
      await opened.value.close();
    }
    const older = await files.open('words', one, 'existing');
    assert.ok(!older.ok && older.error.code === 'fenced');
    assert.match(older.error.detail, /newer release/);
  });

  it('that are missing, empty, cut or not readable are fenced, with name and way out', async () => {
    const files = diskFiles(folder);
    const made = await files.open('damaged', one, 'create');
    assert.ok(made.ok);
    await made.value.close();
    const path = made.value.path;
    const damage: (readonly [string, () => Promise<void>])[] = [
      ['noise', () => writeFile(path, 'x'.repeat(9000))],
      ['empty', () => writeFile(path, '')],
      ['missing', () => rm(path)],
    ];
    for (const [title, act] of damage) {
      await act();
      const opened = await files.open('damaged', one, 'existing');
      assert.ok(!opened.ok && opened.error.code === 'fenced', title);
      assert.equal(opened.error.file, path);
      assert.match(opened.error.detail, /restore|doctor/, title);
    }
  });

  it('keep a second process out', async () => {
    const files = diskFiles(folder);
    const first = await files.open('locked', one, 'create');
    assert.ok(first.ok);
    const second = await files.open('locked', one, 'existing');
    assert.ok(!second.ok && second.error.code === 'fenced');
    assert.match(second.error.detail, /another process/);
    await first.value.close();
  });

  it('checkpoint by themselves and stay short', async () => {
    const opened = await diskFiles(folder).open('busy', one, 'create');
    assert.ok(opened.ok);
    const { db } = opened.value;
    const insert = db.prepare('INSERT INTO word(text) VALUES (?)');
    for (let n = 0; n < 1000; n += 1) {
      opened.value.transaction(() => {
        insert.run('x'.repeat(3000));
        return ok(undefined);
      });
    }
    const names = (await readdir(folder)).filter((name) => name.startsWith('busy') && name !== 'busy.db');
    for (const name of names) assert.ok((await stat(join(folder, name))).size < 2 * 1_048_576, name);
    await opened.value.close();
  });
});

describe('a database handle', () => {
  it('rolls back what fails, and throws a bug on', async () => {
    const opened = openMemory('words', one);
    assert.ok(opened.ok);
    const file = opened.value;
    const count = (): number => Number(file.db.prepare('SELECT count(*) AS n FROM word').get()?.['n']);
    const insert = (): void => file.db.exec("INSERT INTO word(text) VALUES ('x')");
    file.transaction(() => {
      insert();
      return err({ code: 'invalid', what: 'x' });
    });
    assert.throws(() =>
      file.transaction(() => {
        insert();
        throw new Error('a bug');
      }),
    );
    assert.equal(count(), 0);
    file.transaction(() => {
      insert();
      return ok(undefined);
    });
    assert.equal(count(), 1);
    await file.close();
  });

  it('keeps what came before a savepoint whose work fails or throws', async () => {
    const files = diskFiles(folder);
    const opened = await files.open('savepoint', one, 'create');
    assert.ok(opened.ok);
    const file = opened.value;
    const insert = (text: string): void =>
      void file.db.prepare('INSERT INTO word(text) VALUES (?)').run(text);
    const failing = () => {
      insert('gone');
      return err({ code: 'invalid', what: 'text' } as const);
    };
    const throwing = () => {
      insert('gone too');
      throw new Error('our own bug');
    };
    const committed = file.transaction(() => {
      assert.ok(file.savepoint(() => ok(insert('first'))).ok);
      assert.ok(!file.savepoint(failing).ok);
      assert.throws(() => file.savepoint(throwing), /our own bug/);
      return file.savepoint(() => ok(insert('last')));
    });
    assert.ok(committed.ok);
    const words = file.db.prepare('SELECT text FROM word ORDER BY id').all();
    assert.deepEqual(
      words.map(({ text }) => text),
      ['first', 'last'],
    );
    await file.close();
  });

  it('shares syncs: waiters of one in flight have the next together', async () => {
    const gates: (() => void)[] = [];
    const file = databaseHandle({
      path: 'memory',
      db: new DatabaseSync(':memory:'),
      syncWal: () => new Promise((resolve) => gates.push(resolve)),
      released: async () => undefined,
    });
    const first = file.sync();
    const rest = [file.sync(), file.sync(), file.sync()];
    assert.equal(gates.length, 1);
    gates[0]?.();
    assert.ok((await first).ok);
    await new Promise(setImmediate);
    assert.equal(gates.length, 2);
    gates[1]?.();
    assert.ok((await Promise.all(rest)).every((result) => result.ok));
    assert.equal(gates.length, 2);
    const closed = file.close();
    gates[2]?.();
    await closed;
    assert.ok((await file.sync()).ok);
  });

  it('is fenced for good by a failed sync', async () => {
    const file = databaseHandle({
      path: 'memory',
      db: new DatabaseSync(':memory:'),
      syncWal: () => Promise.reject(new Error('EIO')),
      released: async () => undefined,
    });
    const waiters = await Promise.all([file.sync(), file.sync()]);
    assert.ok(waiters.every((result) => !result.ok && result.error.code === 'fenced'));
    const later = file.transaction(() => ok(undefined));
    assert.ok(!later.ok && later.error.code === 'fenced');
    assert.equal(file.fenced?.code, 'fenced');
    await file.close();
  });
});

/** A folder in its place: root reads every file whatever its mode. */
it('a file that cannot be read says so', async () => {
  const files = diskFiles(folder);
  const made = await files.open('secret', one, 'create');
  assert.ok(made.ok);
  await made.value.close();
  await unlink(made.value.path);
  await mkdir(made.value.path);
  const opened = await files.open('secret', one, 'existing');
  assert.ok(!opened.ok && opened.error.code === 'fenced');
});
