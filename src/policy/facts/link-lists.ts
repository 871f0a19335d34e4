import { allOf } from '#base/all-of.ts';
import { andThen } from '#base/and-then.ts';
import { registrableDomain } from '#mail/public-suffix.ts';
import type { Fact } from '../fact.ts';
import type { ListSubject } from '../lists/list-said.ts';
import { worthKeeping } from './client-lists.ts';

/** What lists say of the author's domain and of the domains and addresses that the message links to (P-27). */
export const linkListsFact: Fact<'linkLists'> = {
  name: 'linkLists',
  stage: 'message',
  asks: 'dns',
  absent: () => [],
  compute({ lists, own, resolver }, facts) {
    if (lists === undefined || !lists.dns.isAsked('links')) return [];
    return andThen(allOf([facts.read('author'), facts.read('links')]), ([{ author }, links]) => {
      const from = author.kind === 'domain' ? registrableDomain(author.domain) : undefined;
      const subjects: readonly ListSubject[] = [
        ...(from === undefined ? [] : [{ what: 'author', name: from } as const]),
        ...links.hosts.map((name, index) => linkSubject(name, links.places?.[index])),
      ];
      const isAsked = ({ what, name }: ListSubject): boolean =>
        !own.isOwnDomain(name) && (what !== 'link' || name !== from);
      const asked = subjects.filter(isAsked);
      return lists.dns.ask('links', asked, resolver);
    });
  },
  record: worthKeeping,
};

function linkSubject(name: string, where: string | undefined): ListSubject {
  return where === undefined ? { what: 'link', name } : { what: 'link', name, where };
}
