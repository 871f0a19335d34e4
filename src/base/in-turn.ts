/** Lets few works run at once; the others wait, and begin in the order in which they came. */
export class InTurn {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param size how many at once */
  constructor(size: number) {
    this.#free = size;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((begin) => this.#waiting.push(begin));
    else this.#free -= 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
