import { ok } from '#base/result.ts';
import type { Changes, ModSeq } from '../contract/messages.ts';
import type { MemoryWorld } from './memory-account.ts';
import type { MemoryDirectory } from './memory-directory.ts';

export function createMemoryChanges(world: MemoryWorld, directory: MemoryDirectory): Changes {
  return {
    async since(id, mailboxId, modseq) {
      const account = directory.mail(id);
      if (!account.ok) return account;
      const mailbox = account.value.mailboxes.get(mailboxId);
      if (mailbox === undefined) {
        const highestModSeq = account.value.modseq as ModSeq;
        return ok({ highestModSeq, uidNext: 1, changed: [], vanished: [], keywords: [], gone: true });
      }
      const { highestModSeq, uidNext, keywords } = mailbox;
      const changed = [...mailbox.messages.values()].filter((message) => message.modseq > modseq);
      const vanished = mailbox.vanished.filter((message) => message.modseq > modseq);
      return ok({
        highestModSeq,
        uidNext,
        changed: changed.map(({ uid, flags, modseq }) => ({ uid, flags, modseq })),
        vanished: vanished.map(({ uid }) => uid).sort((a, b) => a - b),
        keywords,
        gone: false,
      });
    },
    watch: (id, listener) => world.bus.subscribe(id, ({ mailbox, modseq }) => listener({ mailbox, modseq })),
  };
}
