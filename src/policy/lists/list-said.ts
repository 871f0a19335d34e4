/** Whom or what a list was asked about. */
export interface ListSubject {
  readonly what: 'client' | 'helo' | 'reverse-name' | 'sender' | 'author' | 'link';
  /** A canonical address, or a domain in its one spelling. */
  readonly name: string;
  /** Where in the message a link stands. */
  readonly where?: string;
}

/** What one list said of all that it was asked about at one stage. */
export interface ListSaid {
  readonly list: string;
  readonly title: string;
  /** `listed`: at least one subject is; else whether some question stayed open. */
  readonly outcome: 'listed' | 'clean' | 'error' | 'unanswered';
  readonly hits: readonly ListHit[];
  /** Of the most telling hit: a part of the check's weight. */
  readonly share: number;
  /** Why a question stayed open. */
  readonly problem?: string;
  /** Where somebody who is listed learns why. */
  readonly lookUpAt?: string;
}

export interface ListHit extends ListSubject {
  readonly codes: readonly string[];
  readonly meanings: readonly string[];
}
