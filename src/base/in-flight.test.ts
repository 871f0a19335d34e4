import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as hold, constant, nat, oneof, property } from 'fast-check';
import { InFlight } from './in-flight.ts';

test('a place is its own until it is removed, and had again afterwards', () => {
  const some = new InFlight<{ readonly n: number }>();
  const first = { n: 1 };
  const [one, two] = [some.add(first), some.add({ n: 2 })];
  assert.notEqual(one, two);
  some.remove(one, first);
  some.remove(one, first);
  assert.equal(some.at(one), undefined);
  assert.throws(() => some.replace(one, { n: 3 }));
  assert.equal(some.add({ n: 4 }), one);
  some.replace(two, { n: 5 });
  assert.deepEqual([...some], [{ n: 4 }, { n: 5 }]);
  some.remove(one, first);
  some.remove(17, first);
  assert.equal(some.size, 2);
});

test('it holds what a map by places would hold', () => {
  const acts = array(oneof(constant(undefined), nat(12)), { maxLength: 60 });
  hold(
    property(acts, (removals) => {
      const [some, known] = [new InFlight<object>(), new Map<number, object>()];
      for (const place of removals) {
        if (place === undefined) {
          const item = {};
          const got = some.add(item);
          assert.ok(!known.has(got));
          known.set(got, item);
        } else {
          const item = known.get(place) ?? {};
          some.remove(place, item);
          some.remove(place, {});
          known.delete(place);
        }
        assert.equal(some.size, known.size);
        assert.deepEqual(new Set(some), new Set(known.values()));
        for (const [at, item] of known) assert.equal(some.at(at), item);
      }
    }),
  );
});
