import * as fc from 'fast-check';

/** A letter and what is published around its author's domain, so that most of it meets. */
export interface RandomTree<T> {
  readonly from: string;
  readonly spf: string;
  readonly dkim: string;
  readonly published: Readonly<Record<string, T>>;
}

const labels = (maxLength: number) => fc.array(fc.constantFrom('a', 'b'), { maxLength });

/** A domain somewhere above, beside or below another, now and then a stranger. */
function relativeOf(domain: string): fc.Arbitrary<string> {
  const suffixes = domain.split('.').map((_, index, all) => all.slice(index).join('.'));
  return fc
    .tuple(
      labels(2),
      fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...suffixes) },
        { weight: 1, arbitrary: fc.constant('org') },
      ),
    )
    .map(([below, suffix]) => [...below, suffix].join('.'));
}

export function randomTree<T>(record: fc.Arbitrary<T>): fc.Arbitrary<RandomTree<T>> {
  return labels(9).chain((own) => {
    const from = [...own, 'com'].join('.');
    const zone = fc.uniqueArray(fc.tuple(relativeOf(from), record), {
      selector: ([name]) => name,
      maxLength: 6,
    });
    return fc.record({
      from: fc.constant(from),
      spf: relativeOf(from),
      dkim: relativeOf(from),
      published: zone.map((records) => Object.fromEntries(records)),
    });
  });
}
