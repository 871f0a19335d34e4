/** What belongs to this server, asked for every client. */
export interface OwnNames {
  /** As it greets and says EHLO. */
  readonly hostname: string;
  isOwnAddress(address: string): boolean;
  /** A domain of ours, in its one spelling. */
  isOwnDomain(domain: string): boolean;
  /** All domains of ours; another set after each change. */
  ownDomains(): ReadonlySet<string>;
}
