import { setTimeout as sleep } from 'node:timers/promises';
import type { MailboxId } from '#base/id.ts';
import type { SqliteStore } from '#backends/sqlite/sqlite-store.ts';
import type { MailboxChanges } from '#store/contract/messages.ts';
import { flagNames } from '#store/flags.ts';
import type { MailClient } from './mail-client.ts';
import type { Box, Tell } from './mark.ts';
import { must, storedHash } from './stored.ts';

const pauseMs = 3;

/** A second session of an account: sees what is committed before it is durable, as every reader may. */
export class MailReader {
  readonly #client: MailClient;
  readonly #tell: Tell;
  readonly #seen = new Map<MailboxId, Set<number>>();
  readonly #modseqs = new Map<MailboxId, number>();

  constructor(client: MailClient, tell: Tell) {
    this.#client = client;
    this.#tell = tell;
  }

  async read(store: SqliteStore, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const box of this.#client.boxes()) await this.#look(store, box);
      await sleep(pauseMs);
    }
  }

  async #look(store: SqliteStore, box: Box): Promise<void> {
    const { account } = this.#client;
    const changes = await store.changes.since(account, box.id, this.#modseqs.get(box.id) ?? 0);
    // Its file is being closed, or the mailbox has just been removed.
    if (!changes.ok && (changes.error.code === 'unavailable' || changes.error.code === 'not-found')) return;
    const { highestModSeq, changed, uidNext, keywords, gone } = must(changes, 'changes.since');
    if (gone || highestModSeq === this.#modseqs.get(box.id)) return;
    for (const one of changed) await this.#see(store, box, { one, keywords });
    this.#tell({ t: 'high', account, mailbox: box.id, modseq: highestModSeq, uidNext });
    this.#modseqs.set(box.id, highestModSeq);
  }

  async #see(
    store: SqliteStore,
    box: Box,
    { one, keywords }: { one: MailboxChanges['changed'][number]; keywords: readonly string[] },
  ): Promise<void> {
    const place = { account: this.#client.account, mailbox: box.id };
    const { uid, modseq } = one;
    this.#tell({ t: 'state', ...place, uid, modseq, flags: flagNames(one.flags, keywords) });
    const seen = this.#seen.getOrInsertComputed(box.id, () => new Set());
    if (seen.has(uid)) return;
    const hash = await storedHash(store, place, uid).catch(() => undefined);
    if (hash === undefined) return;
    seen.add(uid);
    this.#tell({ t: 'seen', ...place, uidValidity: box.uidValidity, uid, hash });
    this.#client.knows(box.id, uid);
  }
}
