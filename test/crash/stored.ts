import type { Result } from '#base/result.ts';
import type { Store } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { hashOf } from './letter.ts';
import type { Hash, Mailbox } from './mark.ts';

export function must<T>(result: Result<T, Trouble>, what: string): T {
  if (result.ok) return result.value;
  throw new Error(`${what}: ${JSON.stringify(result.error)}`);
}

/** The hash of a message as a reader gets it; `undefined`: it is gone. */
export async function storedHash(
  store: Pick<Store, 'messages'>,
  { account, mailbox }: Mailbox,
  uid: number,
): Promise<Hash | undefined> {
  const parts: Uint8Array[] = [];
  for await (const part of store.messages.body(account, mailbox, uid)) {
    if (!part.ok && part.error.code === 'not-found') return undefined;
    parts.push(must(part, `body of ${mailbox} ${String(uid)}`));
  }
  return hashOf(Buffer.concat(parts));
}
