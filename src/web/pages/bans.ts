import { banWords } from '#admin/bans/show-ban.ts';
import type { ShownBan } from '#admin/bans/show-ban.ts';
import type { AdminError } from '#admin/errors.ts';
import type { Listing } from '#admin/paging.ts';
import { statusOf } from '../desk.ts';
import { emptyForm } from '../form-values.ts';
import type { FormValues } from '../form-values.ts';
import type { Html } from '../html.ts';
import { html } from '../html.ts';
import { form } from '../layout.ts';
import { field, hidden, more, section, table, tick, time, trouble } from '../pieces.ts';
import type { Answer, Route, Visit } from '../route.ts';
import { settingsForms } from './settings-forms.ts';

/** Why somebody is banned by itself, for how long, and who never is (I-80, I-83). */
export const banSettingNames = [
  'bans.automatic',
  'login.address_failures_max',
  'login.window',
  'bans.refused_connections_max',
  'bans.connections_max',
  'bans.connections_window',
  'bans.time_first',
  'bans.rise',
  'bans.time_max',
  'bans.intrusions',
] as const;
/** Whom no ban touches (I-83). */
const neverName = 'bans.never';
const settingNames: readonly string[] = [neverName, ...banSettingNames];

export const bansPage: Route = {
  method: 'GET',
  path: '/bans',
  answer: (visit) => show(visit, { cursor: visit.query('cursor') }),
};

export const banAddition: Route = {
  method: 'POST',
  path: '/bans/add',
  async answer(visit) {
    const { form: given, desk } = visit;
    const done = await desk.change('ban add', {
      network: given.text('network'),
      for: given.given('for'),
      reason: given.given('reason'),
      wide: given.ticked('wide'),
    });
    if (done.ok) return { kind: 'done', goTo: '/bans', note: done.value };
    return await show(visit, { adding: { given, error: done.error } });
  },
};

export const banLifting: Route = {
  method: 'POST',
  path: '/bans/lift',
  async answer(visit) {
    const done = await visit.desk.change('ban remove', { network: visit.form.text('network') });
    if (done.ok) return { kind: 'done', goTo: '/bans', note: done.value };
    return await show(visit, { lifting: done.error });
  },
};

export const banSetting: Route = {
  method: 'POST',
  path: '/bans/setting',
  async answer(visit) {
    const { form: given, desk } = visit;
    const name = settingNames.find((row) => row === given.text('name'));
    const isDefault = given.ticked('default');
    // Only those that the page shows: this form is no way to all settings.
    const value = isDefault ? {} : { value: given.text('value') };
    const done = await desk.change('settings set', { name: name ?? '', ...value });
    if (done.ok)
      return { kind: 'done', goTo: name === neverName ? '/bans#never' : '/bans#settings', note: done.value };
    return await show(visit, { setting: { given, error: done.error } });
  },
};

interface Tried {
  readonly given: FormValues;
  readonly error: AdminError;
}

interface Shown {
  readonly cursor?: string | undefined;
  readonly lifting?: AdminError;
  readonly adding?: Tried;
  readonly setting?: Tried;
}

async function show(visit: Visit, shown: Shown): Promise<Answer> {
  const { desk, session } = visit;
  const { cursor, lifting, adding, setting } = shown;
  const list = await desk.look<Listing<ShownBan>>('ban list', cursor === undefined ? {} : { cursor });
  const failure = lifting ?? adding?.error ?? setting?.error;
  const isKnown = setting === undefined || settingNames.includes(setting.given.text('name'));
  const body = html`${trouble(lifting)}${!isKnown && trouble(setting.error)}
  ${section('Who is not let in', list.ok ? banTable(list.value, visit) : trouble(list.error))}
  ${section(
    'Ban a network',
    html`${trouble(adding?.error)}
    ${form({ session, action: '/bans/add', body: addFields(adding?.given ?? emptyForm), className: 'fields' })}`,
    'add',
  )}
  ${section('Never banned', await settings([neverName], visit, setting), 'never')}
  ${section('Automatic bans', await settings(banSettingNames, visit, setting), 'settings')}`;
  return { kind: 'page', title: 'Bans', body, ...(failure && { status: statusOf(failure) }) };
}

function banTable({ items, next }: Listing<ShownBan>, { desk, session }: Visit): Html {
  if (items.length === 0) return html`<p class="nothing">Nobody is banned.</p>`;
  const rows = items.map((ban) => [
    html`<code>${ban.network}</code>`,
    banWords(ban),
    time(ban.since, desk.nowMs),
    ban.until === null ? 'until lifted' : time(ban.until, desk.nowMs),
    form({
      session,
      action: '/bans/lift',
      body: html`${hidden('network', ban.network)}<button>Lift</button>`,
    }),
  ]);
  return html`${table(['Network', 'Why', 'Since', 'Ends', ''], rows)} ${more('/bans', next)}`;
}

function addFields(given: FormValues): Html {
  return html`${field({
      name: 'network',
      label: 'Address or network',
      value: given.text('network'),
      placeholder: '192.0.2.0/24',
      isRequired: true,
    })}
    ${field({
      name: 'for',
      label: 'For how long',
      value: given.text('for'),
      placeholder: '7d',
      hint: '90m, 12h, 7d; empty: until it is lifted',
    })}
    ${field({ name: 'reason', label: 'Reason', value: given.text('reason'), hint: 'for those who look later' })}
    ${tick({
      name: 'wide',
      label: 'Also when it is wider than /16 (IPv6: /32), what the command line calls --wide',
      isTicked: given.ticked('wide'),
    })}<button class="primary">Ban</button>`;
}

async function settings(
  names: readonly string[],
  { desk, session }: Visit,
  tried: Tried | undefined,
): Promise<Html> {
  return await settingsForms(desk, { names, session, action: '/bans/setting', tried });
}
