import type { Result } from '#base/result.ts';
import type { DnsAnswer, DnsFailure } from '#platform/resolver.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import type { DnsList, ListMeaning } from './dns-list.ts';

export type ListAnswer =
  | { readonly kind: 'clean' }
  | {
      readonly kind: 'listed';
      readonly codes: readonly string[];
      readonly meanings: readonly string[];
      readonly share: number;
    }
  /** It said something about the question, or nothing that can be believed: never a hit (P-22). */
  | { readonly kind: 'error'; readonly problem: string }
  | { readonly kind: 'unanswered'; readonly failure: DnsFailure };

/** Addresses of one answer that are looked at (S-09); lists send a handful. */
const codesMax = 16;

/** Spamhaus keeps the whole /24 for errors, and others follow it. */
const commonErrors: Readonly<Record<string, string>> = {
  '127.255.255.252': 'its zone is misspelt',
  '127.255.255.254': 'it does not answer to a public resolver',
  '127.255.255.255': 'it was asked too often',
  // URIBL; RFC 5782 §2.1 has no list use it.
  '127.0.0.1': 'it refuses to answer',
};
const errorNetwork = '127.255.255.';

/** What an answer to a question of a list says. */
export function readListAnswer(list: DnsList, answer: Result<DnsAnswer, DnsFailure>): ListAnswer {
  if (!answer.ok) {
    const isClean = answer.error === 'nxdomain' || answer.error === 'nodata';
    return isClean ? { kind: 'clean' } : { kind: 'unanswered', failure: answer.error };
  }
  const addresses = answer.value.records.flatMap((record) => (record.type === 'A' ? [record.data] : []));
  const codes = [...new Set(addresses)].slice(0, codesMax);
  if (codes.length === 0) return { kind: 'clean' };
  const problem = codes.map((code) => errorOf(list, code)).find((found) => found !== undefined);
  if (problem !== undefined) return { kind: 'error', problem };
  const known = codes.filter((code) => meaningsOf(list, code).length > 0);
  if (known.length === 0) return { kind: 'error', problem: `its answer is unknown: ${shown(codes)}` };
  return listed(
    known,
    known.flatMap((code) => meaningsOf(list, code)),
  );
}

function listed(codes: readonly string[], meanings: readonly ListMeaning[]): ListAnswer {
  return {
    kind: 'listed',
    codes,
    meanings: [...new Set(meanings.map(({ meaning }) => meaning))],
    share: Math.max(...meanings.map(({ share }) => share)),
  };
}

function errorOf({ errors }: DnsList, code: string): string | undefined {
  // Whoever answers for all names sends people to an address of theirs.
  if (!code.startsWith('127.')) return `its answer lies outside 127.0.0.0/8: ${shown([code])}`;
  const known = errors[code] ?? commonErrors[code];
  if (known !== undefined) return known;
  return code.startsWith(errorNetwork) ? `it answers with the error ${shown([code])}` : undefined;
}

function meaningsOf({ codes }: DnsList, code: string): readonly ListMeaning[] {
  switch (codes.kind) {
    case 'exact': {
      const found = Object.hasOwn(codes.meanings, code) ? codes.meanings[code] : undefined;
      return found === undefined ? [] : [found];
    }
    case 'bits': {
      const sum = code.startsWith('127.0.0.') ? Number(code.slice('127.0.0.'.length)) : 0;
      return codes.meanings.filter(({ bit }) => (sum & bit) !== 0);
    }
    default:
      return [codes.meaning];
  }
}

function shown(codes: readonly string[]): string {
  return cleanForeignText(codes.join(', '), 100);
}
