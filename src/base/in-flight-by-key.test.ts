import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as hold, constantFrom, property, tuple } from 'fast-check';
import { InFlightByKey } from './in-flight-by-key.ts';

test('it is what a map by keys would be', () => {
  const acts = array(tuple(constantFrom('set', 'take'), constantFrom('a', 'b', 'c')), { maxLength: 60 });
  hold(
    property(acts, (steps) => {
      const [some, known] = [new InFlightByKey<object>(), new Map<string, object>()];
      for (const [act, key] of steps) {
        if (act === 'set') {
          const item = {};
          some.set(key, item);
          known.set(key, item);
        } else {
          assert.equal(some.take(key), known.get(key));
          known.delete(key);
        }
        assert.equal(some.size, known.size);
        for (const each of ['a', 'b', 'c']) assert.equal(some.get(each), known.get(each));
      }
    }),
  );
});
