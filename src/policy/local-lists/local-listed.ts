import type { LocalEntry, LocalOrigin } from './local-entry.ts';

/** An entry as checks see it and records keep it. */
export interface LocalListed {
  /** `domain example.org` */
  readonly entry: string;
  readonly origin: LocalOrigin;
  readonly reason?: string;
  /** The subject that it matched, for the reply to the sender. */
  readonly subject: string;
}

/** What the two local lists have on one subject. */
export interface LocalWord {
  readonly block?: LocalListed;
  readonly allow?: LocalListed;
}

export const nothingListed: LocalWord = {};

export function localListed(entry: LocalEntry | undefined, subject: string): LocalListed | undefined {
  if (entry === undefined) return undefined;
  const { origin, reason } = entry;
  const { kind, value } = entry.subject;
  const name = kind === 'country' ? value : `${kind} ${value}`;
  return { entry: name, origin, subject, ...(reason === undefined ? {} : { reason }) };
}

export function localWord(block: LocalListed | undefined, allow: LocalListed | undefined): LocalWord {
  if (block === undefined && allow === undefined) return nothingListed;
  return { ...(block === undefined ? {} : { block }), ...(allow === undefined ? {} : { allow }) };
}

/** Nothing to keep of who stands nowhere. */
export function recordedWord({ block, allow }: LocalWord): unknown {
  return block === undefined && allow === undefined ? undefined : { block, allow };
}

/** The domain of the address that matched. */
export function domainOf({ subject }: LocalListed): string {
  return subject.slice(subject.lastIndexOf('@') + 1);
}
