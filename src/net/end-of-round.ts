/** Calls what was put off once this round of the event loop has read all that came: one call of the loop for all of them. */
export class EndOfRound {
  #putOff: (() => void)[] = [];

  call(callback: () => void): void {
    if (this.#putOff.length === 0) setImmediate(this.#run);
    this.#putOff.push(callback);
  }

  readonly #run = (): void => {
    const putOff = this.#putOff;
    this.#putOff = [];
    for (const callback of putOff) callback();
  };
}
