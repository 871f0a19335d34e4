import { ok } from '#base/result.ts';
import { optional } from '#config/key.ts';
import { string } from '#config/kinds/string.ts';
import type { FlowLimitName, FlowLimitValues } from '#policy/flow/flow-limit.ts';
import { flowLimitNames, flowLimits } from '#policy/flow/flow-limit.ts';
import type { FlowLimitReport, FlowScopeReport } from '#policy/flow/flow-report.ts';
import { flowRowId, spellFlowRow, spellPlace } from '#policy/flow/flow-row.ts';
import type { FlowRow, FlowRule } from '#policy/flow/flow-row.ts';
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
    const rows = world.flow.rows();
    const items = world.flow
      .report()
      .filter(({ scope }) => input.scope === undefined || scope === input.scope)
      .map((report) => showScope(report, rows));
    const rules = rows.filter((row) => row.kind === 'rule');
    return ok({ items, rules: rules.map(spellFlowRow), ruleRows: rules.map(showRule), next: null });
  },
  render: (list) => [
    ...list.items.flatMap(scopeLines),
    ...(list.rules.length === 0 ? [] : ['Rules:', ...list.rules.map((rule) => `  ${rule}`)]),
  ],
});

export type ShownScope = ReturnType<typeof showScope>;
export type ShownFlowRule = ReturnType<typeof showRule>;

export interface ShownLimits {
  readonly items: readonly ShownScope[];
  readonly ruleRows: readonly ShownFlowRule[];
}

function showScope({ limits, ...report }: FlowScopeReport, rows: readonly FlowRow[]) {
  const row = rows.find((one) => flowRowId(one) === report.scope);
  return { ...report, set: showValues(row?.limits ?? {}), limits: limits.map(showLimit) };
}

function showLimit({ name, limit, proposed, overrides, ...seen }: FlowLimitReport) {
  return {
    name,
    limit: written(name, limit),
    proposed: proposed === undefined ? null : written(name, proposed),
    overrides:
      overrides === undefined ? null : { limit: written(name, overrides.limit), from: overrides.from },
    ...seen,
  };
}

function showRule({ name, action, who, on, priority, limits }: FlowRule) {
  return { name, action, who, on: spellPlace(on), priority, limits: showValues(limits) };
}

/** What one row sets itself. */
function showValues(limits: FlowLimitValues): Readonly<Record<string, string | number>> {
  const set = flowLimitNames.flatMap((name) => {
    const value = limits[name];
    return value === undefined ? [] : [[name, written(name, value)] as const];
  });
  return Object.fromEntries(set);
}

/** A number, or a duration as it is typed. */
function written(name: FlowLimitName, value: number): string | number {
  const { kind } = flowLimits[name];
  return name === 'interval' ? String(kind.write(value)) : value;
}

const head = ['', 'limit', 'set by', 'hits', 'peak', 'p50', 'p95', 'p99', 'proposed'];

function scopeLines({ scope, open, seen, limits }: ShownScope): readonly string[] {
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
