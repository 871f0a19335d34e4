export interface FairPoolLimits {
  /** Jobs at once; each password hash takes 19 MiB and a core. */
  readonly activeMax: number;
  readonly waitingMax: number;
  /** One network cannot fill the queue. */
  readonly waitingPerNetworkMax: number;
}

export const fairPoolLimits: FairPoolLimits = { activeMax: 2, waitingMax: 512, waitingPerNetworkMax: 64 };

type Job = () => Promise<void>;

/** A bounded pool whose queue takes the networks in turn, so that a flood from one does not keep the others out. */
export class FairPool {
  readonly #limits: FairPoolLimits;
  /** Networks in the order of their turns. */
  readonly #queues = new Map<string, Job[]>();
  #active = 0;
  #waiting = 0;

  constructor(limits: FairPoolLimits = fairPoolLimits) {
    this.#limits = limits;
  }

  /** `undefined`: too much waits already, the work was not done. */
  run<T>(network: string, work: () => Promise<T>): Promise<T> | undefined {
    if (this.#active < this.#limits.activeMax) return this.#begin(work);
    const queue = this.#queues.get(network) ?? [];
    const { waitingMax, waitingPerNetworkMax } = this.#limits;
    if (this.#waiting >= waitingMax || queue.length >= waitingPerNetworkMax) return undefined;
    return new Promise<T>((resolve, reject) => {
      queue.push(() => this.#begin(work).then(resolve, reject));
      this.#queues.set(network, queue);
      this.#waiting += 1;
    });
  }

  async #begin<T>(work: () => Promise<T>): Promise<T> {
    this.#active += 1;
    try {
      return await work();
    } finally {
      this.#active -= 1;
      this.#next();
    }
  }

  #next(): void {
    const [turn] = this.#queues;
    if (turn === undefined) return;
    const [network, queue] = turn;
    const job = queue.shift();
    // To the end of the order, if anything is left.
    this.#queues.delete(network);
    if (queue.length > 0) this.#queues.set(network, queue);
    if (job === undefined) return;
    this.#waiting -= 1;
    void job();
  }
}
