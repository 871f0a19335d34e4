import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { check } from './check.ts';
import type { AnyCheck } from './check.ts';
import { combineFindings } from './combine-findings.ts';
import type { FactReader } from './fact.ts';
import type { FactName } from './fact-table.ts';
import type { Judgement } from './judgement.ts';
import { checkLists, runChecks } from './run-checks.ts';
import type { CheckAction } from './stage.ts';
import { checkActions } from './stage.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);
const clock = { monotonic: () => 0 };
const plainFacts: readonly FactName[] = ['client', 'helo', 'sender', 'harvest', 'author'];
const askedFacts: readonly FactName[] = ['iprev', 'heloAddress', 'senderDomain', 'spf', 'dkim', 'dmarc'];

interface Made {
  readonly asks: boolean;
  readonly fact: number;
  readonly action: CheckAction;
  readonly weight: number;
  readonly kind: Judgement['kind'];
}

const made: fc.Arbitrary<Made> = fc.record({
  asks: fc.boolean(),
  fact: fc.nat({ max: 4 }),
  action: fc.constantFrom(...checkActions),
  weight: fc.nat({ max: 12 }),
  kind: fc.constantFrom('pass', 'silent', 'unknown', 'vouch', 'finding'),
});

const classes = ['list', 'envelope', 'authentication'] as const;
const thresholds = { junkScore: 10, refuseScore: 30, greylistScore: 5 };

function judgementOf({ kind }: Made, name: string): Judgement {
  const reply = { detail: '7.1', text: name } as const;
  return kind === 'finding' ? { kind, reason: name, reply } : { kind, reason: name };
}

function tableOf(rows: readonly Made[]): readonly AnyCheck[] {
  return rows.map((row, index) => {
    const name = `check-${index}`;
    const facts = row.asks ? askedFacts : plainFacts;
    return check({
      name,
      stage: 'message',
      class: classes[index % classes.length] ?? 'list',
      meaning: '',
      requirements: [],
      source: '',
      action: row.action,
      weight: row.weight,
      reads: [facts[row.fact] ?? 'client'],
      judge: () => judgementOf(row, name),
    });
  });
}

/** Facts whose answers come in the order that the delays say. */
function readerOf(delays: readonly number[], asked: FactName[]): FactReader {
  return {
    read: (name) => {
      asked.push(name);
      if (plainFacts.includes(name)) return undefined as never;
      const rounds = delays[askedFacts.indexOf(name)] ?? 0;
      return afterRounds(rounds) as never;
    },
  };
}

async function afterRounds(rounds: number): Promise<undefined> {
  for (let i = 0; i < rounds; i += 1) await Promise.resolve();
  return undefined;
}

async function outcome(rows: readonly Made[], delays: readonly number[]) {
  const table = tableOf(rows);
  const values = new Map(table.map(({ name, action, weight }) => [name, { action, weight, except: [] }]));
  const asked: FactName[] = [];
  const judged = await runChecks(checkLists(table), {
    facts: readerOf(delays, asked),
    values: { check: (name) => values.get(name) ?? { action: 'off', weight: 0, except: [] } },
    mayAsk: true,
    clock,
  });
  const names = judged.map(({ check: { name } }) => name);
  return { judged, asked, names, verdict: combineFindings(judged, thresholds) };
}

const delays = fc.array(fc.nat({ max: 9 }), { minLength: 6, maxLength: 6 });

test('the outcome never depends on who answers first', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(made, { maxLength: 12 }), delays, delays, async (rows, one, other) => {
      const [first, second] = [await outcome(rows, one), await outcome(rows, other)];
      assert.deepEqual(first.names, second.names);
      assert.deepEqual(first.verdict, second.verdict);
    }),
    { numRuns },
  );
});

test('findings are read in the order of the table; who is refused by what asks nobody costs no question', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(made, { maxLength: 12 }), delays, async (rows, order) => {
      const { names, asked, verdict } = await outcome(rows, order);
      const places = names.map((name) => Number(name.slice('check-'.length)));
      assert.deepEqual(
        places,
        places.toSorted((a, b) => a - b),
      );
      const on = (row: Made): boolean => row.action !== 'off';
      const vouched = rows.some((row) => !row.asks && row.kind === 'vouch' && on(row));
      const refusedPlainly = rows.some(
        (row) => !row.asks && row.kind === 'finding' && row.action === 'refuse' && on(row),
      );
      if (refusedPlainly) {
        assert.ok(verdict.action === 'refuse' || vouched);
        assert.ok(asked.every((name) => plainFacts.includes(name)));
      }
      assert.ok(rows.some(on) || asked.length === 0, 'what is off asks nobody');
    }),
    { numRuns },
  );
});

test('nothing that is only noted, passed, silent or unknown ever speaks against a message', async () => {
  const harmless = made.map((row) => (row.kind === 'finding' ? { ...row, action: 'note' as const } : row));
  await fc.assert(
    fc.asyncProperty(fc.array(harmless, { maxLength: 12 }), delays, async (rows, order) => {
      const { verdict } = await outcome(rows, order);
      assert.equal(verdict.action, 'accept');
      assert.equal(verdict.score, 0);
    }),
    { numRuns },
  );
});

test('P-26: who is vouched for is spared lists, greylisting, scores and Junk, but for authentication', async () => {
  const voucher: Made = { asks: false, fact: 0, action: 'note', weight: 0, kind: 'vouch' };
  await fc.assert(
    fc.asyncProperty(fc.array(made, { maxLength: 12 }), delays, async (rows, order) => {
      const { verdict, judged } = await outcome([voucher, ...rows], order);
      const isVouched = judged.some(({ judgement }) => judgement.kind === 'vouch');
      assert.notEqual(verdict.action, 'greylist');
      assert.equal(verdict.score, 0);
      const found = judged.filter(({ judgement }) => judgement.kind === 'finding');
      const unproven = found.some(
        ({ check: row, action }) => row.class === 'authentication' && action === 'junk',
      );
      const stopped = ['refuse', 'defer', 'discard'].includes(verdict.action);
      if (isVouched && !stopped) assert.equal(verdict.action, unproven ? 'junk' : 'accept');
      const hard = found.some(({ check: row, action }) => row.class !== 'list' && action === 'refuse');
      if (isVouched && hard) assert.equal(verdict.action, 'refuse');
    }),
    { numRuns },
  );
});
