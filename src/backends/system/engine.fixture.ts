import { pbkdf2Sync } from 'node:crypto';

/** What a test of engines asks for. */
export type FixtureRequest =
  | { readonly does: 'add'; readonly numbers: readonly number[] }
  | { readonly does: 'hang' | 'grind' | 'throw' | 'die' | 'eat' };

export const engineFixture = { name: 'fixture', module: import.meta.url };

export async function run(request: FixtureRequest): Promise<number> {
  switch (request.does) {
    case 'add':
      return request.numbers.reduce((sum, number) => sum + number, 0);
    case 'hang':
      for (;;);
    case 'grind':
      // What no signal to the thread breaks off.
      return pbkdf2Sync('a', 'b', 400_000, 64, 'sha512').length;
    case 'throw':
      throw new Error('broken');
    case 'die':
      return process.exit(1);
    default: {
      const eaten: string[][] = [];
      for (;;) eaten.push(Array.from({ length: 10_000 }, (_, index) => `${index} ${eaten.length}`));
    }
  }
}
