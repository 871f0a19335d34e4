import { setTimeout as sleep } from 'node:timers/promises';

/** What a test of shared engines asks for. */
export type SharedRequest =
  | { readonly does: 'add'; readonly numbers: readonly number[]; readonly afterMs?: number }
  | { readonly does: 'hang' | 'throw' | 'die' | 'never' | 'unsendable' };

export const sharedFixture = { name: 'fixture', module: import.meta.url, setup: { more: 1000 } };

export function open({ more }: { readonly more: number }): (request: SharedRequest) => Promise<unknown> {
  return async (request) => {
    switch (request.does) {
      case 'add':
        await sleep(request.afterMs ?? 0);
        return request.numbers.reduce((sum, number) => sum + number, more);
      case 'hang':
        for (;;);
      case 'throw':
        throw new Error('broken');
      case 'die':
        return process.exit(1);
      case 'unsendable':
        return () => undefined;
      default:
        return await new Promise(() => undefined);
    }
  };
}
