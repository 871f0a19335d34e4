import { createFakeDialer } from '#platform/fake-dialer.ts';
import type { FakeDialer } from '#platform/fake-dialer.ts';
import type { FailureSchedule } from '#platform/fake-failures.ts';
import type { Random } from '#platform/random.ts';
import { createSink } from '#protocols/smtp/client/smtp-sink.fixture.ts';
import type { SinkReply } from '#protocols/smtp/client/smtp-sink.fixture.ts';

/** What reached the world's servers, across all lives of ours. */
export interface Arrivals {
  /** How often each recipient has the message: recipients are named for one message only. */
  readonly counts: Map<string, number>;
  /** Recipients whose last attempt the queue itself calls in doubt: one more arrival is explained. */
  readonly explained: Set<string>;
  /** Recipients of whom the queue took the word, durably, that nothing is left to do. */
  readonly settled: Set<string>;
  /** Arrivals that nothing explains. */
  readonly unexplained: string[];
}

export const farAddress = '5.6.7.1';

export interface FarServersOptions {
  readonly random: Random;
  readonly failures: FailureSchedule;
  readonly arrivals: Arrivals;
  /** While true they answer by chance: refusals, for now and for good, and lost replies. */
  readonly moody: () => boolean;
  /** False after our crash: what its ghost still writes reaches nobody. */
  readonly reachable: () => boolean;
}

/** The rest of the world: one server that takes, refuses, or takes and hangs up before it says so. */
export function farServers({ random, failures, arrivals, moody, reachable }: FarServersOptions): FakeDialer {
  const dialer = createFakeDialer(failures);
  const accepted = new Map<number, string[]>();
  const chance = (inHundred: number): boolean => moody() && random.integer(100) < inHundred;

  function reply(verb: string, line: string, connection: number): SinkReply {
    if (!reachable()) return 'drop';
    switch (verb) {
      case 'CONNECT':
        return chance(10) ? 'drop' : undefined;
      case 'MAIL':
        accepted.set(connection, []);
        return undefined;
      case 'RCPT':
        return recipient(line, connection);
      case 'FINAL':
        arrive(arrivals, accepted.get(connection) ?? []);
        return chance(25) ? 'drop' : undefined;
      default:
        return undefined;
    }
  }

  function recipient(line: string, connection: number): SinkReply {
    if (chance(15)) return '451 4.2.0 later';
    if (chance(10)) return '550 5.1.1 nobody';
    accepted.get(connection)?.push(/<([^>]*)>/.exec(line)?.[1] ?? line);
    return undefined;
  }

  dialer.listen(farAddress, 25, createSink({ extensions: ['PIPELINING'], reply }).listener);
  return dialer;
}

function arrive({ counts, explained, settled, unexplained }: Arrivals, recipients: readonly string[]): void {
  for (const recipient of recipients) {
    const before = counts.get(recipient) ?? 0;
    if (settled.has(recipient) || (before > 0 && !explained.has(recipient))) unexplained.push(recipient);
    explained.delete(recipient);
    counts.set(recipient, before + 1);
  }
}
