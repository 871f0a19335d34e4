import { createReadStream } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { ImportedMessage, MailSource } from '#admin/import/mail-source.ts';
import { flagsOfName, mailboxOfFolder } from '#admin/import/maildir-name.ts';
import { readMbox, toCrLf, uniqueKey } from '#admin/import/mbox.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';

/** A file is an mbox, a folder with `cur` and `new` a Maildir. */
export async function openMailSource(path: string): Promise<Result<MailSource, AdminError>> {
  try {
    const facts = await stat(path);
    if (facts.isFile()) return ok(mboxSource(path));
    const folders = await maildirFolders(path);
    if (folders.length > 0) return ok(await maildirSource(folders));
    return err(adminError('value-invalid', `${path} is neither an mbox file nor a Maildir`, path));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return err(adminError('file-not-found', `there is no ${path}`, path));
    const detail = error instanceof Error ? error.message : String(error);
    return err(adminError('file-not-found', `${path} cannot be read: ${detail}`, path));
  }
}

function mboxSource(path: string): MailSource {
  return { format: 'mbox', messagesTotal: undefined, messages: () => readMbox(createReadStream(path)) };
}

interface MaildirFolder {
  readonly mailbox: string;
  readonly path: string;
  /** `cur/NAME` and `new/NAME`, sorted, so that keys stay the same from one import to the next. */
  readonly files: readonly string[];
}

/** The Maildir itself and the Maildir++ folders in it. */
async function maildirFolders(root: string): Promise<readonly MaildirFolder[]> {
  const below = (await readdir(root, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('.') && entry.name.length > 1)
    .map((entry) => entry.name)
    .sort();
  const folders: MaildirFolder[] = [];
  for (const name of ['', ...below]) {
    const path = join(root, name);
    const files = await maildirFiles(path);
    if (files !== undefined) folders.push({ mailbox: mailboxOfFolder(name), path, files });
  }
  return folders;
}

/** `undefined`: not a Maildir. */
async function maildirFiles(path: string): Promise<readonly string[] | undefined> {
  const lists = await Promise.all(
    ['cur', 'new'].map((sub) =>
      readdir(join(path, sub)).then(
        (names) => names.filter((name) => !name.startsWith('.')).map((name) => `${sub}/${name}`),
        () => undefined,
      ),
    ),
  );
  const [cur, fresh] = lists;
  return cur === undefined ? undefined : [...cur, ...(fresh ?? [])].sort();
}

async function maildirSource(folders: readonly MaildirFolder[]): Promise<MailSource> {
  const messagesTotal = folders.reduce((sum, folder) => sum + folder.files.length, 0);
  return { format: 'maildir', messagesTotal, messages: () => readMaildir(folders) };
}

async function* readMaildir(folders: readonly MaildirFolder[]): AsyncIterable<ImportedMessage> {
  const seen = new Map<string, number>();
  for (const { mailbox, path, files } of folders) {
    for (const name of files) {
      const file = join(path, name);
      const [raw, facts] = await Promise.all([readFile(file), stat(file)]);
      const bytes = toCrLf(raw);
      const key = uniqueKey(mailbox, bytes, seen);
      yield { key, mailbox, bytes, internalDateMs: facts.mtimeMs, flags: flagsOfName(name) };
    }
  }
}
