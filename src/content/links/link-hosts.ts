import { makeRoom } from '#base/make-room.ts';
import { domainOf } from './mailto.ts';
import { linksWithin } from './inner-links.ts';
import { linkBounds } from './link-bounds.ts';
import { linkKinds } from './link-candidate.ts';
import type { LinkCandidate } from './link-candidate.ts';
import { linkHost, readLink, withoutForeignTail } from './link-host.ts';

/** A host that a message leads to, and where. */
export interface FoundHost<Place> {
  /** Registrable domain, or canonical address. */
  readonly host: string;
  readonly kind: LinkCandidate['kind'];
  readonly place: Place;
  readonly how: string | undefined;
  /** The host of the link that it stands in. */
  readonly via: string | undefined;
}

interface Reading<Place> {
  readonly kind: LinkCandidate['kind'];
  readonly place: Place;
  readonly how: string | undefined;
  readonly via?: string | undefined;
  readonly depth: number;
}

interface Late<Place> {
  readonly text: string;
  readonly reading: Reading<Place>;
}

/**
 * Gathers where links lead, each text and each host once. Of more than it takes, it keeps the first and the last: whoever
 * buries a link has to bury it in the middle, where no reader comes either.
 */
export class LinkHosts<Place> {
  /** There was more than is told. */
  cut = false;
  readonly #seen = new Set<string>();
  #seenChars = 0;
  readonly #late = new Map<string, Late<Place>>();
  #lateChars = 0;
  readonly #first = new Map<string, FoundHost<Place>>();
  readonly #last = new Map<string, FoundHost<Place>>();

  take(candidate: LinkCandidate, place: Place): void {
    const { text, kind, how } = candidate;
    const key = `${kind} ${text}`;
    if (this.#seen.has(key)) return;
    const reading = { kind, place, how, depth: 0 };
    const isRoom = this.#seenChars + key.length <= linkBounds.keptCharsMax;
    if (isRoom && this.#seen.size < linkBounds.candidatesMax) {
      this.#seen.add(key);
      this.#seenChars += key.length;
      this.#read(text, reading);
      return;
    }
    this.#later(text.slice(0, linkBounds.lateCharsMax), reading);
  }

  /** What can be clicked first; of one kind the first and the last by turns, so that any beginning of it is spread. */
  result(): readonly FoundHost<Place>[] {
    for (const { text, reading } of this.#late.values()) this.#read(text, reading);
    this.#late.clear();
    this.#lateChars = 0;
    const all = [...this.#first.values(), ...this.#last.values()];
    if (all.length < 2) return all;
    if (all.every(({ kind }) => kind === all[0]?.kind)) return fromBothEnds(all);
    return linkKinds.flatMap((kind) => fromBothEnds(all.filter((found) => found.kind === kind)));
  }

  #later(text: string, reading: Reading<Place>): void {
    const key = `${reading.kind} ${text}`;
    this.#forgetLate(key);
    for (const [oldest] of this.#late) {
      const isRoom = this.#lateChars + key.length <= linkBounds.keptCharsMax;
      if (isRoom && this.#late.size < linkBounds.candidatesMax) break;
      this.cut = true;
      this.#forgetLate(oldest);
    }
    this.#lateChars += key.length;
    // Of the key, which is a string of its own: a piece of the text would keep the whole of it.
    this.#late.set(key, { text: key.slice(reading.kind.length + 1), reading });
  }

  #forgetLate(key: string): void {
    if (this.#late.delete(key)) this.#lateChars -= key.length;
  }

  #read(text: string, reading: Reading<Place>): void {
    const url = readLink(text);
    if (url === undefined) return;
    const isMail = url.protocol === 'mailto:';
    const host = isMail ? domainOf(url) : (linkHost(url) ?? hostWithoutTail(text));
    if (host !== undefined) this.#add(host, isMail ? { ...reading, kind: 'address' } : reading);
    if (reading.depth >= linkBounds.depthMax) return;
    const inner = { ...reading, via: host ?? reading.via, depth: reading.depth + 1 };
    for (const link of linksWithin(url)) this.#read(link, inner);
  }

  #add(host: string, { kind, place, how, via }: Reading<Place>): void {
    const half = linkBounds.hostsMax / 2;
    const map = this.#first.has(host) || this.#first.size < half ? this.#first : this.#last;
    const before = map.get(host);
    if (before !== undefined && rank(before.kind) <= rank(kind)) return;
    if (before === undefined && map === this.#last && map.size >= half) {
      this.cut = true;
      makeRoom(map, half);
    }
    map.set(host, { host, kind, place, how, via: via === host ? undefined : via });
  }
}

function rank(kind: LinkCandidate['kind']): number {
  return linkKinds.indexOf(kind);
}

function hostWithoutTail(text: string): string | undefined {
  const ended = withoutForeignTail(text);
  const url = ended === undefined ? undefined : readLink(ended);
  return url === undefined ? undefined : linkHost(url);
}

function fromBothEnds<T>(all: readonly T[]): readonly T[] {
  if (all.length < 3) return all;
  const spread: T[] = [];
  for (let first = 0, last = all.length - 1; first <= last; first += 1, last -= 1)
    spread.push(...all.slice(first, first + 1), ...(last > first ? all.slice(last, last + 1) : []));
  return spread;
}
