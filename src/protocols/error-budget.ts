/** What one connection may get wrong before it ends. */
export interface ErrorBudgetRules {
  /** Points with which it ends. */
  readonly pointsMax: number;
  /** Of a command that was understood and refused; one that cannot be read, or is none here, is one point. */
  readonly failurePoints: number;
  /** Taken off by each command that worked. */
  readonly forgivenPoints: number;
}

/** What is done about the latest error. */
export interface ErrorAnswer {
  /** The answer is held back so long. */
  readonly delayMs: number;
  readonly isLast: boolean;
}

/** The first answer that is held back, and the longest; each further point doubles it. */
const delayMsMin = 250;
const delayMsMax = 5000;

/**
 * Counts the errors of one connection (S-09, P-32): from half of the budget on its answers come later and later, and with
 * the last point it ends. Who knows nobody here is forgiven nothing.
 */
export class ErrorBudget {
  readonly #delays: boolean;
  #rules: ErrorBudgetRules;
  #points = 0;
  #errors = 0;

  /** @param delays false for clients that are exempt from limits: they only lose their connection */
  constructor(rules: ErrorBudgetRules, { delays }: { readonly delays: boolean }) {
    this.#rules = rules;
    this.#delays = delays;
  }

  /** Of all that was counted, whatever was forgiven. */
  get errors(): number {
    return this.#errors;
  }

  /** It cannot be read, is not known, or not now. */
  mistake(): ErrorAnswer {
    return this.#add(1);
  }

  /** It was refused. */
  failure(): ErrorAnswer {
    return this.#add(this.#rules.failurePoints);
  }

  success(): void {
    this.#points = Math.max(0, this.#points - this.#rules.forgivenPoints);
  }

  /** Another budget from now on, as after a log-in. */
  begin(rules: ErrorBudgetRules): void {
    this.#rules = rules;
    this.#points = 0;
  }

  #add(points: number): ErrorAnswer {
    this.#points += points;
    this.#errors += 1;
    const { pointsMax } = this.#rules;
    const over = Math.floor(this.#points - pointsMax / 2);
    const delayMs =
      !this.#delays || over < 0 ? 0 : Math.min(delayMsMax, delayMsMin * 2 ** Math.min(over, 10));
    return { delayMs, isLast: this.#points >= pointsMax };
  }
}
