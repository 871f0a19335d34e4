import { makeRoom } from '#base/make-room.ts';
import { domainToUnicode } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import { letterSkeleton } from '#mail/look-alike.ts';
import type { OwnNames } from './own-names.ts';

/** Labels of a foreign name that are looked at, from either end; names that people read have fewer. */
const labelsMax = 8;

/** Foreign domains of which is remembered what they look like. */
const knownMax = 1_000;

/** Foreign domains that a hurried reader takes for one of ours (I-45). */
export class OwnLookAlikes {
  readonly #own: Pick<OwnNames, 'ownDomains'>;
  #names: ReadonlySet<string> | undefined;
  #bySkeleton: ReadonlyMap<string, string> = new Map();
  readonly #known = new Map<string, string | undefined>();

  constructor(own: Pick<OwnNames, 'ownDomains'>) {
    this.#own = own;
  }

  /**
   * The domain of ours that a foreign one resembles: it, or a domain above it, is spelled with letters that look like
   * ours, or it only begins as ours does (`ours.example.evil.test`). `undefined` for our own and those below them.
   */
  of(domain: Domain): string | undefined {
    const own = this.#index();
    if (own.size === 0) return undefined;
    if (this.#known.has(domain)) return this.#known.get(domain);
    const found = this.#find(domain, own);
    makeRoom(this.#known, knownMax);
    this.#known.set(domain, found);
    return found;
  }

  #find(domain: Domain, own: ReadonlyMap<string, string>): string | undefined {
    const names = this.#names ?? new Set();
    const above = ends(domain.split('.'));
    if (above.some((name) => names.has(name))) return undefined;
    const read = domainToUnicode(domain).split('.');
    for (const name of [...ends(read), ...beginnings(read)]) {
      const found = own.get(letterSkeleton(name));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Made anew when a domain came or went. */
  #index(): ReadonlyMap<string, string> {
    const names = this.#own.ownDomains();
    if (names !== this.#names) {
      this.#names = names;
      this.#known.clear();
      this.#bySkeleton = new Map([...names].map((name) => [skeletonOf(name), name]));
    }
    return this.#bySkeleton;
  }
}

function skeletonOf(domain: string): string {
  return letterSkeleton(domainToUnicode(domain as Domain));
}

/** The name and those above it, without the top-level label. */
function ends(labels: readonly string[]): readonly string[] {
  const near = labels.slice(-labelsMax);
  return near.slice(0, Math.max(1, near.length - 1)).map((_, index) => near.slice(index).join('.'));
}

/** What a name begins with, of two labels and more. */
function beginnings(labels: readonly string[]): readonly string[] {
  const near = labels.slice(0, labelsMax);
  return near.slice(2).map((_, index) => near.slice(0, index + 2).join('.'));
}
