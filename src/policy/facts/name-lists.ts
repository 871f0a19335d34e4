import { registrableDomain } from '#mail/public-suffix.ts';
import type { ListSubject } from '../lists/list-said.ts';
import type { Fact, FactReader } from '../fact.ts';
import type { FactSources } from '../fact-sources.ts';
import { worthKeeping } from './client-lists.ts';

/** What lists say of HELO name, confirmed reverse name and sender's domain (P-23), each as its registrable domain. */
export const nameListsFact: Fact<'nameLists'> = {
  name: 'nameLists',
  stage: 'mail',
  asks: 'dns',
  absent: () => [],
  async compute(sources, facts) {
    const { lists, resolver } = sources;
    if (lists === undefined || !lists.dns.isAsked('names')) return [];
    const [named] = await Promise.all([subjects(sources, facts), lists.dns.ready('names')]);
    return await lists.dns.ask('names', named, resolver);
  },
  record: worthKeeping,
};

async function subjects({ own }: FactSources, facts: FactReader): Promise<readonly ListSubject[]> {
  const [sender, helo, iprev] = await Promise.all([
    facts.read('sender'),
    facts.read('helo'),
    facts.read('iprev'),
  ]);
  const named: readonly (readonly [ListSubject['what'], string | undefined])[] = [
    ['sender', sender.kind === 'domain' ? sender.domain : undefined],
    ['helo', helo.kind === 'name' ? helo.name : undefined],
    ['reverse-name', iprev.name],
  ];
  const found = new Map<string, ListSubject>();
  for (const [what, text] of named) {
    const name = registrableDomain((text ?? '').replace(/\.$/, ''));
    if (name === undefined || own.isOwnDomain(name) || found.has(name)) continue;
    found.set(name, { what, name });
  }
  return [...found.values()];
}
