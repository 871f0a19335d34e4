import type { Domain } from '#mail/domain.ts';
import type { Domains } from '#store/contract/accounts.ts';

/** The server's first domain, asked for by sessions that cannot wait; the host's own name while there is none. */
export class FirstDomain {
  readonly #domains: Pick<Domains, 'list'>;
  #known: Domain;

  constructor(domains: Pick<Domains, 'list'>, hostname: Domain) {
    this.#domains = domains;
    this.#known = hostname;
  }

  get value(): Domain {
    return this.#known;
  }

  async refresh(): Promise<void> {
    const page = await this.#domains.list(undefined, 1);
    const first = page.ok ? page.value.items[0]?.domain : undefined;
    if (first !== undefined) this.#known = first;
  }
}
