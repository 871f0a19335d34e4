import type { Found, FoundBox, FoundMessage } from './found.ts';
import { boxKey, copiesKey, placeKey } from './promises.ts';
import type { BoxPromise, Instance, Promises } from './promises.ts';

/** What was promised and does not hold; empty: the store kept its word. */
export function judge(promises: Promises, found: Found): readonly string[] {
  return [
    ...found.told.map((event) => `trouble: ${event}`),
    ...found.corrupt.map((file) => `corrupt: ${file}`),
    ...(found.queued === 0 ? [] : [`${String(found.queued)} queue rows are left after the replay`]),
    ...[...promises.accounts].filter((id) => !found.accounts.has(id)).map((id) => `lost: account ${id}`),
    ...judgeBoxes(promises, found),
    ...judgeInstances(promises, found),
    ...judgeCopies(promises, found),
  ];
}

function judgeBoxes(promises: Promises, found: Found): readonly string[] {
  const byKey = new Map(found.boxes.map((box) => [boxKey({ account: box.account, mailbox: box.id }), box]));
  return [...promises.boxes].flatMap(([key, promise]) => judgeBox(promise, byKey.get(key)));
}

function judgeBox(promise: BoxPromise, box: FoundBox | undefined): readonly string[] {
  const what = `mailbox ${promise.id} "${promise.name}" of ${promise.account}`;
  if (box === undefined) return promise.removed === 'no' ? [`lost: ${what}`] : [];
  const wrong: string[] = [];
  if (promise.removed === 'yes') wrong.push(`back again: ${what}`);
  if (box.uidValidity !== promise.uidValidity) wrong.push(`UIDVALIDITY changed: ${what}`);
  if (box.name !== promise.name && box.name !== promise.nameMaybe) wrong.push(`named "${box.name}": ${what}`);
  if (box.uidNext < promise.uidNext)
    wrong.push(`UIDNEXT went from ${String(promise.uidNext)} to ${String(box.uidNext)}: ${what}`);
  if (box.modseq < promise.modseq)
    wrong.push(`HIGHESTMODSEQ went from ${String(promise.modseq)} to ${String(box.modseq)}: ${what}`);
  return wrong;
}

function judgeInstances(promises: Promises, found: Found): readonly string[] {
  const messages = new Map<string, FoundMessage>();
  for (const { account, id, messages: list } of found.boxes) {
    for (const message of list) messages.set(placeKey({ account, mailbox: id }, message.uid), message);
  }
  return [...promises.instances].flatMap(([key, instance]) => {
    const message = messages.get(key);
    return message === undefined
      ? judgeMissing(key, instance)
      : judgeMessage(promises, key, { instance, message });
  });
}

function judgeMissing(key: string, { sure, removed, hash }: Instance): readonly string[] {
  return sure && removed === 'no' ? [`lost: ${key} (${hash}), which was durable`] : [];
}

function judgeMessage(
  promises: Promises,
  key: string,
  { instance, message }: { readonly instance: Instance; readonly message: FoundMessage },
): readonly string[] {
  const wrong: string[] = [];
  if (message.hash !== instance.hash)
    wrong.push(`renamed: UID ${key} was ${instance.hash} and is ${message.hash}`);
  if (instance.removed === 'yes') wrong.push(`back again: ${key}`);
  if (
    instance.flags !== undefined &&
    message.flags !== instance.flags &&
    message.flags !== instance.flagsMaybe
  )
    wrong.push(`flags of ${key} were [${instance.flags}] and are [${message.flags}]`);
  const shown = promises.states.get(`${key} ${String(message.modseq)}`);
  if (shown !== undefined && shown !== message.flags)
    wrong.push(
      `MODSEQ ${String(message.modseq)} of ${key} stood for [${shown}] and stands for [${message.flags}]`,
    );
  return wrong;
}

function judgeCopies(promises: Promises, found: Found): readonly string[] {
  const counts = new Map<string, number>();
  for (const { account, messages } of found.boxes) {
    for (const { hash } of messages) {
      const key = copiesKey(account, hash);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const strange = [...counts.keys()]
    .filter((key) => !promises.copies.has(key))
    .map((key) => `strange: ${key}`);
  const wrong = [...promises.copies].flatMap(([key, { min, max }]) => {
    const count = counts.get(key) ?? 0;
    if (count < min) return [`lost: ${key} is there ${String(count)} times, ${String(min)} were promised`];
    return count > max
      ? [`doubled: ${key} is there ${String(count)} times, at most ${String(max)} may be`]
      : [];
  });
  return [...strange, ...wrong];
}
