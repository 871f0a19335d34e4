import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { ShownFlowRule, ShownLimits } from '#admin/limits/limits-show.ts';
import { flowLimitNames, flowLimits } from '#policy/flow/flow-limit.ts';
import { statusOf } from '../desk.ts';
import { FormValues } from '../form-values.ts';
import type { Html } from '../html.ts';
import { html } from '../html.ts';
import { form } from '../layout.ts';
import type { Choice } from '../pieces.ts';
import { choice, field, trouble } from '../pieces.ts';
import type { Answer, Route, Visit } from '../route.ts';
import { placeWords } from './flow.ts';

/** A rule of flow control, to be made or changed (I-92). */
export const rulePage: Route = {
  method: 'GET',
  path: '/flow/rule',
  async answer(visit) {
    const name = visit.query('name');
    if (name === undefined) return await show(visit, new FormValues(new Map([['priority', '100']])));
    const limits = await visit.desk.look<ShownLimits>('limits show');
    const rule = limits.ok ? limits.value.ruleRows.find((row) => row.name === name) : undefined;
    if (rule !== undefined) return await show(visit, valuesOf(rule));
    const missing = adminError('not-found', `there is no rule "${name}"`);
    return await show(visit, new FormValues(new Map()), limits.ok ? missing : limits.error);
  },
};

export const ruleSetting: Route = {
  method: 'POST',
  path: '/flow/rule',
  async answer(visit) {
    const { form: given, desk } = visit;
    const name = given.text('name');
    const limits = flowLimitNames.flatMap((limit) => {
      const value = given.given(limit);
      return value === undefined ? [] : [`${limit}=${value}`];
    });
    const words = [
      given.text('action'),
      given.text('who'),
      `on=${given.text('on')}`,
      `priority=${given.text('priority')}`,
      ...limits,
    ];
    const done = await desk.change('limits set', { scope: `rule:${name}`, words });
    if (done.ok) return { kind: 'done', goTo: '/flow', note: done.value };
    return await show(visit, given, done.error);
  },
};

function valuesOf({ name, action, who, on, priority, limits }: ShownFlowRule): FormValues {
  const own = { name, action, who, on, priority: String(priority) };
  const set = Object.entries(limits).map(([limit, value]) => [limit, String(value)] as const);
  return new FormValues(new Map([...Object.entries(own), ...set]));
}

async function show(visit: Visit, given: FormValues, error?: AdminError): Promise<Answer> {
  const limits = await visit.desk.look<ShownLimits>('limits show');
  const scopes = limits.ok ? limits.value.items.map(({ scope }) => scope) : ['server'];
  const on = given.text('on');
  const known = scopes.filter((scope) => !scope.startsWith('rule:'));
  // A rule on a listener that is gone does not become one for the whole server by being looked at.
  const places = (on === '' || known.includes(on) ? known : [...known, on]).map((scope) => ({
    value: scope,
    label: placeWords(scope),
  }));
  const body = html`<p class="lead">
      A rule lets clients past the limits of their address, turns them away, or holds them to limits of their
      own. It counts for the next connection. A rule of the same name is changed.
    </p>
    ${trouble(error)}
    <section>
      ${form({
        session: visit.session,
        action: '/flow/rule',
        className: 'fields',
        body: ruleFields(given, places),
      })}
    </section>`;
  return { kind: 'page', title: 'A rule', body, ...(error && { status: statusOf(error) }) };
}

const actions: readonly Choice[] = [
  { value: 'deny', label: 'deny: turned away' },
  { value: 'allow', label: 'allow: past the limits of its address' },
  { value: 'limit', label: 'limit: held to the limits below' },
];

function ruleFields(given: FormValues, places: readonly Choice[]): Html {
  const limits = flowLimitNames.map((name) =>
    field({ name, label: name, value: given.text(name), hint: flowLimits[name].meaning }),
  );
  return html`${field({
      name: 'name',
      label: 'Name',
      value: given.text('name'),
      hint: 'letters, digits, . _ -; the log names it',
      isRequired: true,
    })}
    ${choice({ name: 'action', label: 'What it does', value: given.text('action'), choices: actions })}
    ${field({
      name: 'who',
      label: 'Whom',
      value: given.text('who'),
      placeholder: '192.0.2.0/24',
      hint: 'an address, a network, a range like 192.0.2.7-192.0.2.99, or @NAME of a [[network]] in the configuration',
      isRequired: true,
    })}
    ${choice({ name: 'on', label: 'Where', value: given.text('on'), choices: places })}
    ${field({
      name: 'priority',
      label: 'Priority',
      value: given.text('priority'),
      hint: 'lower comes first among the rules of one place',
      isRequired: true,
    })}
    <fieldset>
      <legend>Limits, for what it does “limit”</legend>
      ${limits}
    </fieldset>
    <div class="actions">
      <button class="primary">Save</button><a class="button quiet" href="/flow">Back</a>
    </div>`;
}
