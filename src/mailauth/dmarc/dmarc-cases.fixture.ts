import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alignment, DmarcResult, FoundPolicy } from './dmarc-outcome.ts';
import { judge } from './judge-dmarc.fixture.ts';
import type { Letter, Published } from './judge-dmarc.fixture.ts';

/** What is published, who writes, and what DMARC makes of it; only what a case names is compared. */
export interface DmarcCase {
  readonly of: string;
  readonly letter: Letter;
  readonly published: Published;
  readonly result: DmarcResult;
  readonly policyDomain?: string;
  readonly foundAt?: FoundPolicy['foundAt'];
  readonly tag?: FoundPolicy['tag'];
  readonly wanted?: FoundPolicy['wanted'];
  readonly organization?: string;
  readonly spf?: Alignment;
  readonly dkim?: readonly Alignment[];
  /** Names below `_dmarc`, in order; a name with another type as `name CNAME`. */
  readonly asked?: readonly string[];
}

export const reject = 'v=DMARC1; p=reject';
/** Another policy for each kind of name. */
export const unlike = 'v=DMARC1; p=none; sp=quarantine; np=reject';

/** A test for each. */
export function judgeCases(cases: readonly DmarcCase[]): void {
  for (const one of cases) {
    test(one.of, async () => {
      const { outcome, asked } = await judge(one.letter, one.published);
      const { policy } = outcome;
      const seen = {
        of: one.of,
        letter: one.letter,
        published: one.published,
        result: outcome.result,
        policyDomain: policy?.domain,
        foundAt: policy?.foundAt,
        tag: policy?.tag,
        wanted: policy?.wanted,
        organization: outcome.organizationalDomain,
        spf: outcome.spf?.alignment,
        dkim: outcome.dkim.map(({ alignment }) => alignment),
        asked: asked.map((question) => question.replace(/^_dmarc\.(.*) TXT$/, '$1')),
      };
      assert.deepEqual(
        Object.fromEntries(Object.entries(seen).filter(([key]) => key in one)),
        one,
        outcome.reason,
      );
      assert.deepEqual(
        outcome.asked.map(({ name, type }) => `${name} ${type}`),
        asked,
      );
    });
  }
}
