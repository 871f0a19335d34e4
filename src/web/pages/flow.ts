import type { AdminError } from '#admin/errors.ts';
import type { ShownFlowRule, ShownLimits, ShownScope } from '#admin/limits/limits-show.ts';
import { flowLimitNames, flowLimits } from '#policy/flow/flow-limit.ts';
import type { FlowLimitName } from '#policy/flow/flow-limit.ts';
import { statusOf } from '../desk.ts';
import type { FormValues } from '../form-values.ts';
import type { Html, HtmlValue } from '../html.ts';
import { html } from '../html.ts';
import { form } from '../layout.ts';
import { drawer, hidden, section, table, trouble } from '../pieces.ts';
import type { Answer, Route, Visit } from '../route.ts';

/** Every limit beside what was seen of it, and the rules (I-92, P-33). */
export const flowPage: Route = {
  method: 'GET',
  path: '/flow',
  answer: (visit) => show(visit, undefined),
};

/** Sets what is filled in, and takes back what is left empty. */
export const flowSetting: Route = {
  method: 'POST',
  path: '/flow/set',
  async answer(visit) {
    const { form: given, desk } = visit;
    const scope = given.text('scope');
    const words = flowLimitNames.map((name) => `${name}=${given.given(name) ?? 'default'}`);
    const done = await desk.change('limits set', { scope, words });
    if (done.ok) return { kind: 'done', goTo: `/flow#${encodeURIComponent(scope)}`, note: done.value };
    return await show(visit, { given, error: done.error });
  },
};

export const ruleRemoval: Route = {
  method: 'POST',
  path: '/flow/rule/remove',
  async answer(visit) {
    const { form: given, desk } = visit;
    const done = await desk.change('limits set', { scope: `rule:${given.text('name')}`, words: ['none'] });
    if (done.ok) return { kind: 'done', goTo: '/flow', note: [`Gone: the rule ${given.text('name')}.`] };
    return await show(visit, { given, error: done.error });
  },
};

interface Tried {
  readonly given: FormValues;
  readonly error: AdminError;
}

async function show(visit: Visit, tried: Tried | undefined): Promise<Answer> {
  const limits = await visit.desk.look<ShownLimits>('limits show');
  if (!limits.ok)
    return {
      kind: 'page',
      status: statusOf(limits.error),
      title: 'Flow control',
      body: html`${trouble(limits.error)}`,
    };
  const { items, ruleRows } = limits.value;
  const isShown = items.some(({ scope }) => scope === tried?.given.text('scope'));
  const body = html`<p class="lead">
      Who may connect, and how often. What is changed here counts for the next connection. The closest place
      that sets a limit decides: a listener over its service, a service over the server. What the server sets
      as <code>open</code>, <code>new</code> and <code>interval</code> holds for all listeners together,
      always.
    </p>
    ${tried !== undefined && !isShown && trouble(tried.error)} ${section('Rules', rules(ruleRows, visit))}
    ${items.map((scope) => scopeSection(scope, visit, tried))}`;
  return { kind: 'page', title: 'Flow control', body, ...(tried && { status: statusOf(tried.error) }) };
}

function rules(rows: readonly ShownFlowRule[], { session }: Visit): Html {
  const shown = rows.map((rule) => [
    rule.priority,
    html`<b>${rule.name}</b>`,
    rule.action,
    html`<code>${rule.who}</code>`,
    placeWords(rule.on),
    Object.entries(rule.limits)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
    html`<div class="actions">
      <a class="button" href="/flow/rule?name=${encodeURIComponent(rule.name)}">Change</a>${form({
        session,
        action: '/flow/rule/remove',
        body: html`${hidden('name', rule.name)}<button>Remove</button>`,
      })}
    </div>`,
  ]);
  const head = ['Priority', 'Name', 'Does', 'Whom', 'Where', 'Limits', ''];
  return html`${
      shown.length === 0
        ? html`<p class="nothing">There are no rules: all clients meet the limits below.</p>`
        : html`${table(head, shown)}
            <p class="hint">
              The closest place comes first, then the lower priority; the first rule that fits decides.
            </p>`
    }
    <p><a class="button primary" href="/flow/rule">New rule</a></p>`;
}

/** `listener:mx` as people say it. */
export function placeWords(scope: string): string {
  if (scope === 'server') return 'the server';
  const [kind = '', name = ''] = scope.split(/:(.*)/s);
  return `${kind} ${name}`;
}

function scopeSection(scope: ShownScope, visit: Visit, tried: Tried | undefined): Html | undefined {
  const isTried = tried?.given.text('scope') === scope.scope;
  const isRule = scope.scope.startsWith('rule:');
  const given = isTried ? tried.given : undefined;
  const shown = table(
    ['Limit', 'In force', 'Set here', 'Peak', '50 %', '95 %', '99 %', 'Proposed', 'Times met'],
    flowLimitNames.map((name) => limitRow(scope, name, isRule ? 'rule' : given)),
    'figures',
  );
  const hits = scope.limits.reduce((sum, row) => sum + row.hits, 0);
  const met = hits === 0 ? '' : `, limits met ${hits} times`;
  const hint = `${scope.open} open now, ${scope.seen} new in the last days${met}`;
  const body = isRule
    ? shown
    : form({
        session: visit.session,
        action: '/flow/set',
        className: 'limits',
        body: html`${hidden('scope', scope.scope)}${shown}
          <div class="actions"><button>Save</button><span class="hint">Empty: by default.</span></div>`,
      });
  const title = scope.scope === 'server' ? 'The whole server' : capital(placeWords(scope.scope));
  return drawer({
    title,
    id: scope.scope,
    hint,
    body: html`${isTried && trouble(tried.error)}${body}`,
    isOpen: scope.scope === 'server' || isTried || hits > 0 || Object.keys(scope.set).length > 0,
  });
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** @param given what the form was filled in with; `rule`: it is changed elsewhere */
function limitRow(
  { scope, limits, set }: ShownScope,
  name: FlowLimitName,
  given: FormValues | 'rule' | undefined,
): readonly HtmlValue[] {
  const seen = limits.find((row) => row.name === name);
  const value = given === undefined || given === 'rule' ? String(set[name] ?? '') : given.text(name);
  const label = html`<b>${name}</b><small>${flowLimits[name].meaning}</small>`;
  const input =
    given === 'rule'
      ? value
      : html`<input
          name="${name}"
          value="${value}"
          aria-label="${name} of ${placeWords(scope)}"
          autocomplete="off"
          size="7"
        />`;
  if (seen === undefined) return [label, html`<small>each listener’s</small>`, input, '', '', '', '', '', ''];
  const counts = name === 'interval' ? ['', '', '', '', '', ''] : countsOf(seen);
  return [label, inForce(seen, scope), input, ...counts];
}

type ShownLimit = ShownScope['limits'][number];

function countsOf({ peak, p50, p95, p99, proposed, hits }: ShownLimit): readonly HtmlValue[] {
  return [peak, p50, p95, p99, proposed ?? '–', hits > 0 ? html`<b class="met">${hits}</b>` : 0];
}

function inForce({ limit, from, overrides }: ShownLimit, scope: string): Html {
  const shown = limit === 0 ? 'none' : limit;
  const source =
    from === 'default' ? 'by default' : from === scope ? 'set here' : `set by ${placeWords(from)}`;
  const instead =
    overrides === null
      ? ''
      : `, instead of ${overrides.limit === 0 ? 'none' : overrides.limit} ${overrides.from === 'default' ? 'by default' : `of ${placeWords(overrides.from)}`}`;
  return html`${shown}<small>${source}${instead}</small>`;
}
