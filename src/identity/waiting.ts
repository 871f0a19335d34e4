/** Slowed attempts that wait at once; each is a timer and a promise (S-09). */
const waitingMax = 4096;
/** One network cannot take all places. */
const perNetworkMax = 64;

/** A bounded room for those who are slowed down. */
export class Waiting {
  readonly #byNetwork = new Map<string, number>();
  #count = 0;

  /** @returns `false` when there was no place: nothing was waited for */
  async wait(network: string, time: () => Promise<void>): Promise<boolean> {
    const here = this.#byNetwork.get(network) ?? 0;
    if (this.#count >= waitingMax || here >= perNetworkMax) return false;
    this.#enter(network, 1);
    await time();
    this.#enter(network, -1);
    return true;
  }

  #enter(network: string, change: 1 | -1): void {
    const here = (this.#byNetwork.get(network) ?? 0) + change;
    if (here > 0) this.#byNetwork.set(network, here);
    else this.#byNetwork.delete(network);
    this.#count += change;
  }
}
