import { size } from '#config/kinds/size.ts';
import type { RuleCondition } from '../rule-condition.ts';

const kind = size({ minBytes: 1, maxBytes: 1024 ** 4 });

export const larger: RuleCondition = {
  name: 'larger',
  meaning:
    'A size like `10MiB`: the message is larger. Where the client announces no size, the whole message tells.',
  read(text) {
    const read = kind.read(kind.fromText(text));
    if (!read.ok) return undefined;
    const bytes = read.value;
    return {
      value: String(kind.write(bytes)),
      // Who announces less than comes is found out at the end.
      holds: ({ size: given }) => given.bytes > bytes || (given.isWhole ? false : undefined),
    };
  },
};
