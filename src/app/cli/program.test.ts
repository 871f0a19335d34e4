import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import type { TestContext } from 'node:test';
import { runCommandLine } from './program.ts';

const root = mkdtempSync(join(tmpdir(), 'postern-cli-'));
after(() => rmSync(root, { recursive: true }));
mkdirSync(join(root, 'data'), { mode: 0o700 });
const config = join(root, 'data/postern.toml');
const configText = `[server]\nhostname = "mail.example.test"\n[data]\ndir = "."\n[keys]\nmaster = "file:../key"\n[[listener]]\nname = "mx"\nrole = "mx"\naddress = "127.0.0.1"\nport = 10025\ntls = "none"\n`;
writeFileSync(config, configText);
writeFileSync(join(root, 'key'), `${'ab'.repeat(32)}\n`);
chmodSync(join(root, 'key'), 0o600);

/** Runs a command in this process, and gives its exit code and what it wrote. */
async function run(t: TestContext, ...words: string[]) {
  const out = capture(t, process.stdout);
  const err = capture(t, process.stderr);
  const code = await runCommandLine(words).finally(() => {
    out.end();
    err.end();
  });
  return { code, out: out.text(), err: err.text(), all: out.text() + err.text() };
}

/** The test runner itself speaks on standard output, in bytes: those pass. */
function capture(t: TestContext, stream: NodeJS.WriteStream) {
  const original = stream.write.bind(stream) as (chunk: unknown) => boolean;
  let text = '';
  const mock = t.mock.method(stream, 'write', (chunk: unknown) => {
    if (typeof chunk !== 'string') return original(chunk);
    text += chunk;
    return true;
  });
  return { text: () => text, end: () => mock.mock.restore() };
}

const usages: readonly (readonly [words: string, code: number, said: RegExp])[] = [
  ['', 2, /^Usage: postern/],
  ['--help', 0, /^Usage: postern/],
  ['domain', 2, /Usage: postern domain/],
  ['acount list', 2, /unknown command 'acount'[^]*Did you mean account/],
  ['account lst', 2, /unknown command 'lst'[^]*Did you mean list/],
  ['account add', 2, /missing required argument 'address'/],
  ['account add a@b.test --quot 5MiB', 2, /unknown option '--quot'[^]*Did you mean --quota/],
  ['account add --json', 2, /^\{"error":\{"code":"usage"/],
  ['quickstart --port-offset 70000', 2, /must be a whole number from 0 to 64540/],
  ['version --json', 0, /^\{"name":"postern","version":"/],
  ['check-config --config /nowhere.toml', 3, /no configuration file: looked for \/nowhere\.toml/],
];
for (const [words, code, said] of usages)
  test(`postern ${words} → ${code}`, async (t) => {
    const done = await run(t, ...words.split(' ').filter((word) => word !== ''));
    assert.match(done.all, said);
    assert.equal(done.code, code);
  });

test('a wrong file is told with all its problems, exit 3', async (t) => {
  const wrong = join(root, 'wrong.toml');
  writeFileSync(wrong, '[server]\nhostnam = "x"\n');
  const done = await run(t, 'check-config', '--config', wrong);
  assert.equal(done.code, 3);
  assert.match(done.err, /wrong\.toml:2:1: server\.hostnam is not known; did you mean "hostname"\?/);
  assert.match(done.err, /data is missing/);
});

test('without a server a command opens the store itself; each way it can end has its exit code', async (t) => {
  const postern = (...words: string[]) => run(t, ...words, '--config', config);
  assert.equal((await postern('domain', 'add', 'example.test')).code, 0);
  const again = await postern('domain', 'add', 'example.test', '--json');
  assert.equal(again.code, 5);
  assert.deepEqual(Object.keys((JSON.parse(again.err) as { error: object }).error), [
    'code',
    'message',
    'where',
    'fix',
  ]);
  const list = await postern('domain', 'list', '--json');
  assert.match(list.out, /^\{"items":\[\{"domain":"example\.test".*"next":null\}\n$/);
  assert.equal((await postern('domain', 'dns', 'other.test')).code, 4);
  assert.equal((await postern('domain', 'remove', 'example.test')).code, 6);
  const dry = await postern('domain', 'remove', 'example.test', '--dry-run', '--json');
  assert.equal(dry.code, 0);
  assert.match(dry.out, /"dryRun":true/);
  assert.equal((await postern('domain', 'remove', 'example.test', '--yes')).code, 0);
  assert.equal((await postern('domain', 'list')).out, 'No domain is served yet: postern domain add DOMAIN\n');
});

test('a password comes from a file, and is nowhere in what is said', async (t) => {
  const postern = (...words: string[]) => run(t, ...words, '--config', config);
  await postern('domain', 'add', 'example.test');
  writeFileSync(join(root, 'password'), 'correct horse battery\n');
  const made = await postern(
    'account',
    'add',
    'a@example.test',
    '--password-file',
    join(root, 'password'),
    '--json',
  );
  assert.equal(made.code, 0, made.err);
  assert.match(made.out, /"password":null/);
  assert.doesNotMatch(made.all, /horse/);
  writeFileSync(join(root, 'tabbed'), 'correct\thorse battery\n');
  const wrong = await postern(
    'account',
    'password',
    'a@example.test',
    '--password-file',
    join(root, 'tabbed'),
  );
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /password must be a password of one line of at most 1024 characters/);
  assert.doesNotMatch(wrong.all, /horse/, 'not when it is refused either');
  assert.equal(
    (await postern('account', 'password', 'a@example.test', '--password-file', '/nowhere')).code,
    4,
  );
});

test('the key of a list comes by standard input, and is shown nowhere (P-22, I-33)', async (t) => {
  const key = 'k3y0fthel1st';
  const typed = async (text: string) => {
    const stdin = t.mock.getter(process, 'stdin', () =>
      Readable.from([Buffer.from(text)], { objectMode: false }),
    );
    const done = await run(t, 'lists', 'key', 'spamhaus', '--password-stdin', '--config', config);
    stdin.mock.restore();
    return done;
  };
  const set = await typed(`${key}\n`);
  assert.equal(set.code, 0, set.err);
  assert.match(set.out, /^Lists of spamhaus are asked with the key from now on\.\n/);
  const shown = [set];
  for (const words of ['lists show', 'lists show --json', 'settings list', 'settings list --json', 'doctor'])
    shown.push(await run(t, ...words.split(' '), '--config', config));
  for (const wrong of [`${key} ${key}\n`, `${key}\n${key}\n`, `${key}${'x'.repeat(64)}\n`]) {
    const refused = await typed(wrong);
    assert.equal(refused.code, 2, refused.all);
    shown.push(refused);
  }
  const argument = await run(t, 'lists', 'key', 'spamhaus', 'typed-openly', '--config', config);
  assert.equal(argument.code, 2);
  for (const { all } of shown) assert.ok(!all.includes(key), all);
  const data = join(root, 'data');
  for (const { name, parentPath } of readdirSync(data, { recursive: true, withFileTypes: true }).filter(
    (one) => one.isFile(),
  ))
    assert.ok(!readFileSync(join(parentPath, name)).includes(key), `${name} has it in the clear`);
  const forgotten = await run(t, 'lists', 'key', 'spamhaus', '--config', config);
  assert.match(forgotten.out, /^Lists of spamhaus are asked without a key\.\n/);
});

test('a backup is restored into another folder, with the queue held and new UIDVALIDITY', async (t) => {
  const folder = join(root, 'backup');
  const made = await run(t, 'backup', folder, '--config', config);
  assert.equal(made.code, 0, made.err);
  const other = join(root, 'other');
  mkdirSync(other, { mode: 0o700 });
  writeFileSync(join(other, 'postern.toml'), configText);
  assert.equal((await run(t, 'restore', folder, '--config', join(other, 'postern.toml'))).code, 6);
  const restored = await run(
    t,
    'restore',
    folder,
    '--yes',
    '--json',
    '--config',
    join(other, 'postern.toml'),
  );
  const { accounts, messages, held } = JSON.parse(restored.out) as Record<string, unknown>;
  assert.deepEqual({ accounts, messages, held }, { accounts: 1, messages: 0, held: 0 });
  assert.match(
    (await run(t, 'account', 'list', '--config', join(other, 'postern.toml'))).out,
    /^a@example\.test/,
  );
  const twice = await run(t, 'restore', folder, '--yes', '--config', join(other, 'postern.toml'));
  assert.match(twice.out, /^0 messages were put back into 1 account/, twice.err);
  writeFileSync(join(folder, 'keys.db'), 'damaged');
  mkdirSync(join(root, 'third'), { mode: 0o700 });
  writeFileSync(join(root, 'third/postern.toml'), configText);
  const damaged = await run(t, 'restore', folder, '--yes', '--config', join(root, 'third/postern.toml'));
  assert.equal(damaged.code, 1);
  assert.match(damaged.err, /keys\.db is damaged/);
  const left = readdirSync(join(root, 'third'), { recursive: true }).map(String);
  assert.deepEqual(
    left.filter((name) => name.endsWith('.db')),
    [],
  );
});

test('doctor tells of a store that does not open', async (t) => {
  chmodSync(join(root, 'key'), 0o644);
  const done = await run(t, 'doctor', '--config', config);
  chmodSync(join(root, 'key'), 0o600);
  assert.equal(done.code, 1);
  assert.match(done.out, /FAIL {2}store: it does not open: .*may be read by others/);
  assert.match(done.out, /FAIL {2}file modes: .*key has mode 644/);
});
