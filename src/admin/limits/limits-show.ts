import { ok } from '#base/result.ts';
import { optional } from '#config/key.ts';
import { string } from '#config/kinds/string.ts';
import type { FlowLimitName } from '#policy/flow/flow-limit.ts';
import { flowLimits } from '#policy/flow/flow-limit.ts';
import type { FlowLimitReport, FlowScopeReport } from '#policy/flow/flow-report.ts';
import { spellFlowRow } from '#policy/flow/flow-row.ts';
import { operation } from '../operation.ts';
import { showColumns } from '../show.ts';

export const limitsShow = operation({
  name: 'limits show',
  looksOnly: true,
  meaning: 'The limits of connections, beside what was seen of each, with a proposal; and the rules.',
  input: {
    scope: optional(string(), { meaning: 'Only this: server, service:ROLE, listener:NAME or rule:NAME.' }),
  },
  async run(world, input) {
    const items = world.flow
      .report()
      .filter(({ scope }) => input.scope === undefined || scope === input.scope);
    const rules = world.flow
      .rows()
      .filter((row) => row.kind === 'rule')
      .map(spellFlowRow);
    return ok({ items: items.map(showScope), rules, next: null });
  },
  render: (list) => [
    ...list.items.flatMap(scopeLines),
    ...(list.rules.length === 0 ? [] : ['Rules:', ...list.rules.map((rule) => `  ${rule}`)]),
  ],
});

type Shown = ReturnType<typeof showScope>;

function showScope({ limits, ...scope }: FlowScopeReport) {
  return { ...scope, limits: limits.map(showLimit) };
}

function showLimit({ name, limit, proposed, ...seen }: FlowLimitReport) {
  return {
    name,
    limit: written(name, limit),
    proposed: proposed === undefined ? null : written(name, proposed),
    ...seen,
  };
}

/** A number, or a duration as it is typed. */
function written(name: FlowLimitName, value: number): string | number {
  const { kind } = flowLimits[name];
  return name === 'interval' ? String(kind.write(value)) : value;
}

const head = ['', 'limit', 'set by', 'hits', 'peak', 'p50', 'p95', 'p99', 'proposed'];

function scopeLines({ scope, open, seen, limits }: Shown): readonly string[] {
  const rows = limits.map((row) => [
    `  ${row.name}`,
    String(row.limit),
    row.from,
    ...[row.hits, row.peak, row.p50, row.p95, row.p99].map((value) =>
      row.name === 'interval' ? '' : String(value),
    ),
    row.proposed === null ? '' : String(row.proposed),
  ]);
  return [`${scope}: ${open} open now, ${seen} in the last days`, ...showColumns([head, ...rows]), ''];
}
