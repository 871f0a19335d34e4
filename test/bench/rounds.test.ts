import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTurn, partsOf, type Machine } from '../../bench/rounds.ts';

/** Each measurement takes 100 ticks, of which so many are stolen in its turn. */
function machineOf(said: string[], stolenInTurn: readonly number[]): Machine {
  const turns = [...stolenInTurn];
  let [all, stolen, looks] = [0, 0, 0];
  return {
    rest: async () => void said.push('rest'),
    processorTime: () => {
      looks += 1;
      if (looks % 2 === 0) {
        all += 100;
        stolen += turns.shift() ?? 0;
      }
      return { all, stolen };
    },
  };
}

function contestOf(said: string[]) {
  const side = (name: string, factor: number) => async (part: number) => {
    said.push(`${name} ${String(part)}`);
    return factor + part;
  };
  return { ours: side('ours', 100), peer: side('peer', 10) };
}

test('both sides are measured in turn, and none while the other still finishes its work', async () => {
  const said: string[] = [];
  const rates = await inTurn(2, contestOf(said), machineOf(said, []));
  assert.deepEqual(said, ['rest', 'ours 0', 'rest', 'peer 0', 'rest', 'ours 1', 'rest', 'peer 1']);
  assert.deepEqual(rates, { ours: [100, 101], peer: [10, 11] });
});

test('a round in which either side was disturbed is done again, for both', async () => {
  const said: string[] = [];
  const rates = await inTurn(1, contestOf(said), machineOf(said, [50, 0, 0, 50, 4, 4]));
  assert.deepEqual(rates, { ours: [102], peer: [12] });
});

test('on a host that is never quiet as many rounds are told as were asked for', async () => {
  const said: string[] = [];
  const rates = await inTurn(2, contestOf(said), machineOf(said, Array<number>(20).fill(60)));
  assert.deepEqual(rates, { ours: [100, 101], peer: [10, 11] });
  assert.equal(said.filter((word) => word.startsWith('ours')).length, partsOf(2));
});
