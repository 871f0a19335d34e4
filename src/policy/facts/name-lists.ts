import { allOf } from '#base/all-of.ts';
import { andThen } from '#base/and-then.ts';
import { registrableDomain } from '#mail/public-suffix.ts';
import type { ListSubject } from '../lists/list-said.ts';
import type { Fact } from '../fact.ts';
import type { OwnNames } from '../own-names.ts';
import { worthKeeping } from './client-lists.ts';

/** What lists say of HELO name, confirmed reverse name and sender's domain (P-23), each as its registrable domain. */
export const nameListsFact: Fact<'nameLists'> = {
  name: 'nameLists',
  stage: 'mail',
  asks: 'dns',
  absent: () => [],
  compute({ lists, own, resolver }, facts) {
    if (lists === undefined || !lists.dns.isAsked('names')) return [];
    const named = [facts.read('sender'), facts.read('helo'), facts.read('iprev')] as const;
    return andThen(allOf([...named, lists.dns.ready('names')]), ([sender, helo, iprev]) => {
      const names: readonly Named[] = [
        { what: 'sender', name: sender.kind === 'domain' ? sender.domain : undefined },
        { what: 'helo', name: helo.kind === 'name' ? helo.name : undefined },
        { what: 'reverse-name', name: iprev.name },
      ];
      return lists.dns.ask('names', subjects(names, own), resolver);
    });
  },
  record: worthKeeping,
};

interface Named {
  readonly what: ListSubject['what'];
  readonly name: string | undefined;
}

/** Each registrable domain once, as what it is named first. */
function subjects(names: readonly Named[], own: OwnNames): readonly ListSubject[] {
  const found = new Map<string, ListSubject>();
  const read = new Set<string>();
  for (const { what, name: text = '' } of names) {
    // HELO and reverse name are mostly the same.
    if (read.has(text)) continue;
    read.add(text);
    const name = registrableDomain(text.endsWith('.') ? text.slice(0, -1) : text);
    if (name === undefined || own.isOwnDomain(name) || found.has(name)) continue;
    found.set(name, { what, name });
  }
  return [...found.values()];
}
