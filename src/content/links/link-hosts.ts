import type { LinkCandidate } from './find-links.ts';
import { linkBounds } from './link-bounds.ts';
import { linkHost, linksWithin, readLink } from './link-host.ts';

/** Where the links of a message lead. */
export interface MessageLinks {
  /** Registrable domains and canonical addresses; what a reader can click on comes first. */
  readonly hosts: readonly string[];
  /** There was more than is looked at. */
  readonly cut: boolean;
}

const order = ['clicked', 'written', 'bare'] as const;

/** Gathers where links lead, each text and each host once. */
export class LinkHosts {
  cut = false;
  readonly #seen = new Set<string>();
  readonly #hosts = new Map<string, number>();

  take({ text, kind }: LinkCandidate): void {
    this.#read(text, { rank: order.indexOf(kind), depth: 0 });
  }

  result(): MessageLinks {
    const hosts = [...this.#hosts].sort(([, a], [, b]) => a - b).map(([host]) => host);
    return { hosts, cut: this.cut };
  }

  #read(text: string, place: { readonly rank: number; readonly depth: number }): void {
    const { rank, depth } = place;
    // The same link as words and as something to click counts as the latter.
    const key = `${rank} ${text}`;
    if (this.#seen.has(key)) return;
    if (this.#seen.size >= linkBounds.candidatesMax) {
      this.cut = true;
      return;
    }
    this.#seen.add(key);
    const url = readLink(text);
    if (url === undefined) return;
    const host = linkHost(url);
    if (host !== undefined) this.#add(host, rank);
    if (depth < linkBounds.depthMax)
      for (const inner of linksWithin(url)) this.#read(inner, { rank, depth: depth + 1 });
  }

  #add(host: string, rank: number): void {
    const before = this.#hosts.get(host);
    if (before === undefined && this.#hosts.size >= linkBounds.hostsMax) this.cut = true;
    else this.#hosts.set(host, Math.min(rank, before ?? rank));
  }
}
