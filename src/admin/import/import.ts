import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { AccountId, MailboxId } from '#base/id.ts';
import { defaulted, required } from '#config/key.ts';
import { file } from '#config/kinds/file.ts';
import { parseMessage } from '#mail/message-parser.ts';
import { mailAddress } from '#config/kinds/mail-address.ts';
import { string } from '#config/kinds/string.ts';
import { findAccount } from '../accounts/find-account.ts';
import type { MessageBody } from '#store/contract/messages.ts';
import { inlineBodyBytesMax } from '#store/contract/messages.ts';
import type { AdminError } from '../errors.ts';
import { adminError } from '../errors.ts';
import type { RunContext } from '../operation.ts';
import type { Progress } from '../progress.ts';
import { operation } from '../operation.ts';
import { counted } from '../show.ts';
import { failed, troubleError } from '../trouble-error.ts';
import type { AdminWorld } from '../world.ts';
import type { ImportedMessage, MailSource } from './mail-source.ts';

const progressEvery = 50;

/**
 * Puts what its owner brings along into a mailbox, byte for byte (DESIGN §3). Each message has a key made of its source
 * and its bytes, which the store remembers: a second import adds nothing, an interrupted one goes on.
 */
export const importMail = operation({
  name: 'import',
  meaning: 'Put the messages of an mbox file or a Maildir into an account. Twice adds nothing twice.',
  input: {
    account: required(mailAddress, { meaning: 'The account.' }),
    path: required(file, { meaning: 'An mbox file or a Maildir folder.' }),
    mailbox: defaulted(string({ lengthMax: 255 }), 'INBOX', {
      meaning: 'The mailbox they go to; folders of a Maildir go below it.',
    }),
  },
  harmless: true,
  async preview(world, input) {
    const account = await findAccount(world, input.account);
    if (!account.ok) return account;
    const source = await world.mailSource(input.path);
    if (!source.ok) return source;
    const counts = new Map<string, number>();
    for await (const { mailbox } of source.value.messages()) {
      const name = mailboxName(input.mailbox, mailbox);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return ok([
      `From the ${source.value.format} would go, but for what is there already:`,
      ...(counts.size === 0 ? ['  nothing: it holds no message'] : []),
      ...[...counts].map(([name, count]) => `  ${counted(count, 'message')} into ${name}`),
    ]);
  },
  async run(world, input, context) {
    const account = await findAccount(world, input.account);
    if (!account.ok) return account;
    const source = await world.mailSource(input.path);
    if (!source.ok) return source;
    return await importAll(
      world,
      { account: account.value.id, source: source.value, target: input.mailbox },
      context,
    );
  },
  render: (done) => [
    `${counted(done.read, 'message')} read from the ${done.format}, ${done.added} added, ${done.alreadyThere} were there already.`,
  ],
});

interface ImportTask {
  readonly account: AccountId;
  readonly source: MailSource;
  readonly target: string;
}

async function importAll(world: AdminWorld, task: ImportTask, context: RunContext) {
  const mailboxes = new MailboxFinder(world, task.account);
  let read = 0;
  let added = 0;
  for await (const message of task.source.messages()) {
    if (context.signal.aborted) break;
    const mailbox = await mailboxes.find(mailboxName(task.target, message.mailbox));
    if (!mailbox.ok) return mailbox;
    const before = await uidNextOf(world, task.account, mailbox.value);
    if (!before.ok) return before;
    const uid = await importOne(world, { ...task, mailbox: mailbox.value }, message);
    if (!uid.ok) return uid;
    read += 1;
    if (uid.value >= before.value) added += 1;
    if (read % progressEvery === 0) context.progress(progressOf(task.source, read));
  }
  return ok({ format: task.source.format, read, added, alreadyThere: read - added });
}

function progressOf(source: MailSource, done: number): Progress {
  return { what: 'messages imported', done, total: source.messagesTotal };
}

function mailboxName(target: string, below: string): string {
  if (below === '') return target;
  return target === 'INBOX' ? below : `${target}/${below}`;
}

/** An append that is remembered answers with the UID of the first: below what the next would have been. */
async function uidNextOf(
  world: AdminWorld,
  account: AccountId,
  mailbox: MailboxId,
): Promise<Result<number, AdminError>> {
  const status = await world.store.mailboxes.status(account, [mailbox]);
  return status.ok ? ok(status.value.get(mailbox)?.uidNext ?? 1) : failed(status.error, { where: 'mailbox' });
}

async function importOne(
  world: AdminWorld,
  task: { readonly account: AccountId; readonly mailbox: MailboxId },
  message: ImportedMessage,
): Promise<Result<number, AdminError>> {
  const where = message.key;
  const body = await bodyOf(world, message.bytes);
  if (!body.ok) return body;
  const summary = parseMessage(message.bytes);
  const appended = await world.store.messages.append(
    task.account,
    task.mailbox,
    [
      {
        prefix: new Uint8Array(),
        body: body.value,
        summary,
        internalDateMs: message.internalDateMs ?? summary.envelope.dateMs ?? world.clock.now(),
        flags: message.flags,
      },
    ],
    `import:${message.key}`,
  );
  if (body.value.kind === 'blob') await world.store.blobs.remove(body.value.id);
  return appended.ok ? ok(appended.value[0]?.uid ?? 0) : failed(appended.error, { where });
}

async function bodyOf(world: AdminWorld, bytes: Uint8Array): Promise<Result<MessageBody, AdminError>> {
  if (bytes.length <= inlineBodyBytesMax) return ok({ kind: 'bytes', bytes });
  const writer = world.store.blobs.create();
  await writer.write(bytes);
  const made = await writer.commit();
  if (made.ok) return ok({ kind: 'blob', ...made.value });
  return err(adminError(made.error.code === 'disk-full' ? 'disk-full' : 'disk', made.error.detail));
}

/** Mailboxes by name, made when they are not there. */
class MailboxFinder {
  readonly #world: AdminWorld;
  readonly #account: AccountId;
  #known: ReadonlyMap<string, MailboxId> | undefined;

  constructor(world: AdminWorld, account: AccountId) {
    this.#world = world;
    this.#account = account;
  }

  async find(name: string): Promise<Result<MailboxId, AdminError>> {
    const wanted = name.toUpperCase() === 'INBOX' ? 'INBOX' : name;
    if (this.#known === undefined) {
      const all = await this.#world.store.mailboxes.list(this.#account);
      if (!all.ok) return failed(all.error, { where: name });
      this.#known = new Map(all.value.map((mailbox) => [mailbox.name, mailbox.id]));
    }
    const known = this.#known.get(wanted);
    if (known !== undefined) return ok(known);
    const made = await this.#world.store.mailboxes.create(this.#account, wanted);
    if (!made.ok) return err(troubleError(made.error, { where: name }));
    this.#known = undefined;
    return ok(made.value.id);
  }
}
