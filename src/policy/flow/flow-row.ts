import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { nearest } from '#config/nearest.ts';
import { clientRange } from './client-range.ts';
import { flowLimitNames, flowLimits } from './flow-limit.ts';
import type { FlowLimitName, FlowLimitValues } from './flow-limit.ts';

/** Where a row holds, from the widest to the closest. */
export type FlowPlace =
  | { readonly kind: 'server' }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'listener'; readonly name: string };

export type FlowAction = 'allow' | 'deny' | 'limit';

/** Limits of a place. */
export interface FlowScope {
  readonly kind: 'scope';
  readonly place: FlowPlace;
  readonly limits: FlowLimitValues;
}

/** What is done with certain clients; the first that fits decides. */
export interface FlowRule {
  readonly kind: 'rule';
  readonly name: string;
  readonly action: FlowAction;
  /** An address, a network, a range, or `@NAME` of a `[[network]]`. */
  readonly who: string;
  readonly on: FlowPlace;
  /** Lower comes first among the rules of one place. */
  readonly priority: number;
  /** Of `limit` rules: for all who fit, together and each. */
  readonly limits: FlowLimitValues;
}

export type FlowRow = FlowScope | FlowRule;

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const services = ['mx', 'submission', 'lmtp', 'imap', 'pop3', 'http'];
const actions: readonly string[] = ['allow', 'deny', 'limit'];
const priorityDefault = 100;
const priorityMax = 1_000_000;
const rowCharactersMax = 400;

/** How a row is written, for those who got it wrong. */
export const flowRowDescription =
  'like "server open=20000", "service:imap per-address=50", "listener:mx new=600 interval=1m" or "rule:NAME deny 203.0.113.0/24 on=listener:mx priority=10"';

/** Reads one row: a scope, then words. */
export function parseFlowRow(text: string): Result<FlowRow, string> {
  const [scope = '', ...words] = text.slice(0, rowCharactersMax).trim().split(/\s+/);
  if (text.length > rowCharactersMax) return err('is too long');
  if (scope.startsWith('rule:')) return parseRule(scope.slice('rule:'.length), words);
  const place = parsePlace(scope);
  if (place === undefined)
    return err(`must begin with server, service:NAME, listener:NAME or rule:NAME, not "${scope}"`);
  const limits = parseLimits(words);
  return limits.ok ? ok({ kind: 'scope', place, limits: limits.value }) : limits;
}

function parseRule(name: string, words: readonly string[]): Result<FlowRule, string> {
  if (!namePattern.test(name)) return err(`"${name}" is no name for a rule`);
  const [action = '', who = '', ...rest] = words;
  if (!actions.includes(action)) return err(`must say allow, deny or limit after the name, not "${action}"`);
  if (!isWho(who))
    return err(`must say whom: an address, a network, a range or @NAME of a [[network]], not "${who}"`);
  const on = parsePlace(valueOf(rest, 'on') ?? 'server');
  if (on === undefined) return err('on must be server, service:NAME or listener:NAME');
  const priority = Number(valueOf(rest, 'priority') ?? priorityDefault);
  if (!Number.isInteger(priority) || priority < 0 || priority > priorityMax)
    return err(`priority must be a whole number from 0 to ${priorityMax}`);
  const limits = parseLimits(rest.filter((word) => !/^(?:on|priority)=/.test(word)));
  if (!limits.ok) return limits;
  if (action !== 'limit' && Object.keys(limits.value).length > 0)
    return err('has limits, so it must say limit');
  if (action === 'limit' && Object.keys(limits.value).length === 0) return err('says limit and sets none');
  return ok({ kind: 'rule', name, action: action as FlowAction, who, on, priority, limits: limits.value });
}

function isWho(who: string): boolean {
  return who.startsWith('@') ? namePattern.test(who.slice(1)) : clientRange(who) !== undefined;
}

function parsePlace(text: string): FlowPlace | undefined {
  if (text === 'server') return { kind: 'server' };
  const [kind = '', name = ''] = text.split(/:(.*)/s);
  if (!namePattern.test(name)) return undefined;
  if (kind === 'service') return services.includes(name) ? { kind, name } : undefined;
  return kind === 'listener' ? { kind, name } : undefined;
}

function valueOf(words: readonly string[], name: string): string | undefined {
  return words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
}

function parseLimits(words: readonly string[]): Result<FlowLimitValues, string> {
  const limits: { [N in FlowLimitName]?: number } = {};
  for (const word of words) {
    const [name = '', text = ''] = word.split(/=(.*)/s);
    const known = flowLimitNames.find((row) => row === name);
    if (known === undefined) {
      const near = nearest(name, flowLimitNames);
      return err(`"${name}" is no limit${near === undefined ? '' : `; did you mean "${near}"?`}`);
    }
    const { kind } = flowLimits[known];
    const read = kind.read(kind.fromText(text));
    if (!read.ok) return err(`${name} ${read.error[0]?.message ?? 'is wrong'}`);
    limits[known] = read.value;
  }
  return ok(limits);
}

/** One row for each of these: a second one takes the first one's place. */
export function flowRowId(row: FlowRow): string {
  return row.kind === 'rule' ? `rule:${row.name}` : spellPlace(row.place);
}

export function spellPlace(place: FlowPlace): string {
  return place.kind === 'server' ? 'server' : `${place.kind}:${place.name}`;
}

/** As `parseFlowRow` reads it. */
export function spellFlowRow(row: FlowRow): string {
  const limits = flowLimitNames.flatMap((name) => {
    const value = row.limits[name];
    return value === undefined ? [] : [`${name}=${String(flowLimits[name].kind.write(value))}`];
  });
  if (row.kind === 'scope') return [spellPlace(row.place), ...limits].join(' ');
  const where = row.on.kind === 'server' ? [] : [`on=${spellPlace(row.on)}`];
  const order = row.priority === priorityDefault ? [] : [`priority=${row.priority}`];
  return [flowRowId(row), row.action, row.who, ...where, ...order, ...limits].join(' ');
}
