import type { AdminError } from '#admin/errors.ts';
import { entryWords } from '#admin/local-lists/show-entry.ts';
import type { ShownEntry } from '#admin/local-lists/show-entry.ts';
import type { Listing } from '#admin/paging.ts';
import type { LocalListName } from '#policy/local-lists/local-entry.ts';
import { statusOf } from '../desk.ts';
import { emptyForm } from '../form-values.ts';
import type { FormValues } from '../form-values.ts';
import type { Html } from '../html.ts';
import { html } from '../html.ts';
import { form } from '../layout.ts';
import { field, hidden, more, section, table, tick, time, trouble } from '../pieces.ts';
import type { Answer, Route, Visit } from '../route.ts';

const words: Readonly<Record<LocalListName, { readonly title: string; readonly meaning: string }>> = {
  block: {
    title: 'Block list',
    meaning: 'Mail from these is refused, from the next connection on.',
  },
  allow: {
    title: 'Allow list',
    meaning:
      'These are spared lists, greylisting and scores; a domain or sender only with proof. What speaks of forgery, relaying or syntax still counts.',
  },
};

interface Shown {
  readonly cursor?: string | undefined;
  readonly removing?: AdminError;
  readonly adding?: { readonly given: FormValues; readonly error: AdminError };
}

/** The pages of one of the two local lists (P-24, P-26). */
export function localListRoutes(list: LocalListName): readonly Route[] {
  const path = `/${list}`;
  return [
    { method: 'GET', path, answer: (visit) => show(list, visit, { cursor: visit.query('cursor') }) },
    { method: 'POST', path: `${path}/add`, answer: (visit) => add(list, visit) },
    { method: 'POST', path: `${path}/remove`, answer: (visit) => remove(list, visit) },
  ];
}

async function add(list: LocalListName, visit: Visit): Promise<Answer> {
  const { form: given, desk } = visit;
  const done = await desk.change(`${list}list add`, {
    entry: given.text('entry'),
    for: given.given('for'),
    reason: given.given('reason'),
    wide: given.ticked('wide'),
  });
  if (done.ok) return { kind: 'done', goTo: `/${list}`, note: done.value };
  return await show(list, visit, { adding: { given, error: done.error } });
}

async function remove(list: LocalListName, visit: Visit): Promise<Answer> {
  const done = await visit.desk.change(`${list}list remove`, { entry: visit.form.text('entry') });
  if (done.ok) return { kind: 'done', goTo: `/${list}`, note: done.value };
  return await show(list, visit, { removing: done.error });
}

async function show(list: LocalListName, visit: Visit, shown: Shown): Promise<Answer> {
  const { cursor, removing, adding } = shown;
  const { session } = visit;
  const input = cursor === undefined ? {} : { cursor };
  const found = await visit.desk.look<Listing<ShownEntry>>(`${list}list list`, input);
  const failure = removing ?? adding?.error;
  const { title, meaning } = words[list];
  const fields = addFields(adding?.given ?? emptyForm, list);
  const body = html`<p class="lead">${meaning}</p>
    ${trouble(removing)}
    ${section('Entries', found.ok ? entryTable(list, visit, found.value) : trouble(found.error))}
    ${section(
      'Add an entry',
      html`${trouble(adding?.error)}
      ${form({ session, action: `/${list}/add`, body: fields, className: 'fields' })}`,
      'add',
    )}`;
  return { kind: 'page', title, body, ...(failure && { status: statusOf(failure) }) };
}

function entryTable(
  list: LocalListName,
  { desk, session }: Visit,
  { items, next }: Listing<ShownEntry>,
): Html {
  if (items.length === 0) return html`<p class="nothing">The list is empty.</p>`;
  const rows = items.map((row) => [
    html`<code>${row.entry}</code>`,
    kinds[row.kind],
    entryWords(row),
    time(row.since, desk.nowMs),
    row.until === null ? 'until removed' : time(row.until, desk.nowMs),
    form({
      session,
      action: `/${list}/remove`,
      body: html`${hidden('entry', row.entry)}<button>Remove</button>`,
    }),
  ]);
  const head = ['Entry', 'Kind', 'Made by, and why', 'Since', 'Ends', ''];
  return html`${table(head, rows)} ${more(`/${list}`, next)}`;
}

const kinds: Readonly<Record<ShownEntry['kind'], string>> = {
  network: 'network',
  domain: 'domain',
  address: 'mail address',
  asn: 'network number',
  country: 'country',
  pattern: 'pattern',
};

function addFields(given: FormValues, list: LocalListName): Html {
  const widely =
    list === 'allow'
      ? 'Also a network wider than /16 (IPv6: /32), a network number or a country (--wide)'
      : 'Also when it is wider than /16 (IPv6: /32), what the command line calls --wide';
  return html`${field({
      name: 'entry',
      label: 'Whom',
      value: given.text('entry'),
      placeholder: '192.0.2.0/24',
      hint: 'an address or network, AS64496, country:DE, example.org with all below it, a mail address, or a pattern like *@*.example',
      isRequired: true,
    })}
    ${field({
      name: 'for',
      label: 'For how long',
      value: given.text('for'),
      placeholder: '30d',
      hint: '90m, 12h, 30d; empty: until it is removed',
    })}
    ${field({ name: 'reason', label: 'Reason', value: given.text('reason'), hint: 'for those who look later' })}
    ${tick({ name: 'wide', label: widely, isTicked: given.ticked('wide') })}<button class="primary">
      Add
    </button>`;
}
