import type { AccountId } from '#base/id.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { EventSink } from '#trace/events.ts';

/** Told that the file of a large body is missing or damaged. */
export type BodyNotice = (account: AccountId, trouble: Extract<Trouble, { code: 'fenced' }>) => void;

/** Files remembered as told. */
const toldMax = 1_000;

/** Puts on record which message body cannot be read and why; each file once, however often it is asked for. */
export function bodyNotices(events: EventSink): BodyNotice {
  const told = new Set<string>();
  return (account, { file, detail }) => {
    if (told.has(file)) return;
    if (told.size >= toldMax) told.clear();
    told.add(file);
    events.emit({ name: 'body-unreadable', account, file, detail });
  };
}
