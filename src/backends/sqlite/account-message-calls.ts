import type { AccountId, BlobId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { MessageBody, MessageRow, Messages, Need, NewMessage } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { troubleOfBlob } from '#store/trouble.ts';
import type { AccountCalling } from './account-calling.ts';
import { movedMessage } from './account-content.ts';
import { bytesOf, collectBytes } from './account-bytes.ts';
import { rowsOfPage } from './account-page.ts';
import type { ReadPage } from './account-page.ts';
import type { TakenRoom } from './account-rooms.ts';
import { decideLarge } from './account-large-search.ts';

/** `Messages` on the storage threads. Large bodies are linked before, and unused ones removed after, what a thread does. */
export function accountMessages(calling: AccountCalling): Messages {
  const { worker, publish, removeBlobs, options } = calling;
  const { blobs, rooms, disk } = options;

  async function takeRoom(...ask: Parameters<typeof rooms.take>): Promise<Result<TakenRoom, Trouble>> {
    const space = await disk.check();
    return space.ok ? rooms.take(...ask) : space;
  }

  /** A file that is missing or damaged is put on record. */
  function tellLost<T>(account: AccountId, read: Result<T, Trouble>): Result<T, Trouble> {
    if (!read.ok && read.error.code === 'fenced') options.notices.bodyLost(account, read.error);
    return read;
  }

  return {
    async append(account, mailbox, messages, key) {
      const calls = await worker(account);
      if (!calls.ok) return calls;
      const bytes = messages.reduce((sum, message) => sum + message.summary.sizeBytes, 0);
      const taken = await takeRoom(account, async () => ok({ bytes, messages: messages.length }));
      if (!taken.ok) return taken;
      using given = taken.value;
      const linked = await linkBodies(blobs, messages);
      if (!linked.ok) return linked;
      const moved = linked.value.map(movedMessage);
      const flags = messages.map((message) => message.flags);
      const { room } = given;
      const appended = await calls.value.append({ account, mailbox, messages: moved, flags, key, room });
      if (isUnused(appended) || (appended.ok && appended.value.value.already))
        await removeBlobs(blobIds(linked.value));
      if (!appended.ok) return appended;
      publish(account, [mailbox], appended.value);
      return ok(appended.value.value.appended);
    },
    async deliver(account, message, plan, key) {
      const calls = await worker(account);
      if (!calls.ok) return calls;
      const space = await disk.check();
      if (!space.ok) return space;
      const linked = await linkBodies(blobs, plan.into.length > 0 ? [message] : []);
      if (!linked.ok) return linked;
      const [own = message] = linked.value;
      const { into } = plan;
      const { queueId, recipient } = key;
      const delivered = await calls.value.deliver({
        account,
        ...movedMessage(own),
        into,
        queueId,
        recipient,
      });
      if (isUnused(delivered) || (delivered.ok && delivered.value.already))
        await removeBlobs(blobIds(linked.value));
      if (!delivered.ok) return delivered;
      publish(account, delivered.value.mailboxes, delivered.value);
      return ok(delivered.value.already ? 'already' : 'delivered');
    },
    async synced(account) {
      const calls = await worker(account);
      return calls.ok ? calls.value.synced({ account }) : calls;
    },
    async room(account, bytes) {
      const space = await disk.check();
      return space.ok ? rooms.ask(account, { bytes, messages: 1 }) : space;
    },
    async select(account, mailbox) {
      const calls = await worker(account);
      const selected = calls.ok ? await calls.value.select({ account, mailbox }) : calls;
      if (!selected.ok) return selected;
      const { snapshot, recounted } = selected.value;
      if (recounted !== undefined) options.notices.recounted(account, mailbox, recounted);
      return ok(snapshot);
    },
    async read(account, mailbox, uids, needs, limit) {
      const calls = await worker(account);
      if (!calls.ok) return calls;
      const page = await calls.value.read({ account, mailbox, uids, needs, limit });
      return page.ok ? tellLost(account, await wholeRows(blobs, page.value, needs)) : page;
    },
    async *body(account, mailbox, uid, range) {
      const calls = await worker(account);
      const stored = calls.ok ? await calls.value.body({ account, mailbox, uid }) : calls;
      if (!stored.ok) {
        yield stored;
        return;
      }
      const whole = { start: 0, end: Number.MAX_SAFE_INTEGER };
      for await (const piece of bytesOf(blobs, stored.value, range ?? whole)) yield tellLost(account, piece);
    },
    async flags(account, mailbox, uids, change, unchangedSince) {
      const calls = await worker(account);
      if (!calls.ok) return calls;
      const changed = await calls.value.flags({ account, mailbox, uids, change, unchangedSince });
      if (!changed.ok) return changed;
      publish(account, [mailbox], changed.value);
      return ok(changed.value.value);
    },
    async copy(account, from, uids, to) {
      const calls = await worker(account);
      if (!calls.ok) return calls;
      const taken = await takeRoom(account, () => calls.value.sizes({ account, mailbox: from, uids }));
      if (!taken.ok) return taken;
      using given = taken.value;
      const copied = await calls.value.copy({ account, from, uids, to, remove: false, room: given.room });
      if (!copied.ok) return copied;
      publish(account, [to], copied.value);
      const { uidValidity, pairs } = copied.value.value;
      return ok({ uidValidity, pairs });
    },
    async move(account, from, uids, to) {
      const calls = await worker(account);
      if (!calls.ok) return calls;
      const moved = await calls.value.copy({ account, from, uids, to, remove: true, room: undefined });
      if (!moved.ok) return moved;
      publish(account, [from, to], moved.value);
      return ok(moved.value.value);
    },
    async expunge(account, mailbox, uids, onlyDeleted) {
      const calls = await worker(account);
      if (!calls.ok) return calls;
      const gone = await calls.value.expunge({ account, mailbox, uids, onlyDeleted });
      if (!gone.ok) return gone;
      publish(account, [mailbox], gone.value);
      await removeBlobs(gone.value.value.freed);
      const { uids: went, modseq } = gone.value.value;
      return ok({ uids: went, modseq });
    },
    async search(account, mailbox, query, signal) {
      const calls = await worker(account);
      if (!calls.ok) return calls;
      const answer = await calls.value.search({ account, mailbox, query });
      if (!answer.ok) return answer;
      const large = { account, calls: calls.value, blobs, query, answer: answer.value, signal };
      return decideLarge({ ...large, lost: options.notices.bodyLost });
    },
  };
}

/**
 * Is it certain that nothing was written? After a failed sync, or with the thread gone, the message may be there after all
 * when the file is opened again, and must find its body; what nobody names is swept.
 */
function isUnused(written: Result<unknown, Trouble>): boolean {
  return !written.ok && written.error.code !== 'fenced' && written.error.code !== 'unavailable';
}

/** Headers of large messages come from their files. */
async function wholeRows(
  blobs: Blobs,
  page: ReadPage,
  needs: ReadonlySet<Need>,
): Promise<Result<readonly MessageRow[], Trouble>> {
  const rows = rowsOfPage(page, needs);
  if (!needs.has('headers') || page.large.length === 0) return ok(rows);
  const whole = [...rows];
  for (const { at, body } of page.large) {
    const headers = await collectBytes(bytesOf(blobs, body, { start: 0, end: body.headerEnd }));
    if (!headers.ok) return headers;
    const row = rows[at];
    if (row !== undefined) whole[at] = { ...row, headers: headers.value };
  }
  return ok(whole);
}

async function linkBodies(
  blobs: Blobs,
  messages: readonly NewMessage[],
): Promise<Result<readonly NewMessage[], Trouble>> {
  const linked: NewMessage[] = [];
  for (const message of messages) {
    const body = await linkBody(blobs, message.body);
    if (!body.ok) {
      for (const id of blobIds(linked)) await blobs.remove(id);
      return body;
    }
    linked.push({ ...message, body: body.value });
  }
  return ok(linked);
}

async function linkBody(blobs: Blobs, body: MessageBody): Promise<Result<MessageBody, Trouble>> {
  if (body.kind === 'bytes') return ok(body);
  const link = await blobs.link(body.id);
  return link.ok ? ok({ ...body, id: link.value }) : err(troubleOfBlob(link.error));
}

function blobIds(messages: readonly NewMessage[]): readonly BlobId[] {
  return messages.flatMap(({ body }) => (body.kind === 'blob' ? [body.id] : []));
}
