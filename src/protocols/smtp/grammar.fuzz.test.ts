import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { formatAddress } from '#mail/address.ts';
import {
  bdatArgument,
  commandLine,
  ehloName,
  forwardPath,
  pathAndParameters,
  reversePath,
} from './grammar.ts';

const numRuns = Number(process.env.POSTERN_FUZZ_RUNS ?? 1000);
const postmasterDomain = '[192.0.2.1]';

const lively = fc.string({
  unit: fc.constantFrom(
    'a',
    'B',
    '.',
    '@',
    '<',
    '>',
    '"',
    '\\',
    ' ',
    ':',
    '=',
    ',',
    '%',
    '[',
    ']',
    'ü',
    '\0',
    '\r',
  ),
  maxLength: 80,
});

test('no line makes the grammar throw, and what it takes has no control characters', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const line = commandLine(bytes);
      if (line !== undefined) assert.doesNotMatch(line.argument, /\p{Cc}/u);
    }),
    { numRuns },
  );
});

test('no argument makes a command grammar throw', () => {
  fc.assert(
    fc.property(lively, (text) => {
      ehloName(text);
      bdatArgument(text);
      for (const argument of [
        text,
        `FROM:${text}`,
        `FROM:<${text}`,
        `FROM:<${text}>`,
        `FROM:<a@b> ${text}`,
      ]) {
        const parsed = pathAndParameters(argument, 'FROM');
        if (parsed.ok) reversePath(parsed.value.path, true);
      }
    }),
    { numRuns },
  );
});

test('a path that was understood is written and read back as the same address', () => {
  fc.assert(
    fc.property(lively, fc.boolean(), (text, smtpUtf8) => {
      const parsed = pathAndParameters(`TO:<${text}@example.test>`, 'TO');
      if (!parsed.ok) return;
      const address = forwardPath(parsed.value.path, { smtpUtf8, postmasterDomain });
      if (!address.ok) return;
      const written = pathAndParameters(`TO:<${formatAddress(address.value)}>`, 'TO');
      assert.ok(written.ok);
      assert.deepEqual(forwardPath(written.value.path, { smtpUtf8, postmasterDomain }), address);
    }),
    { numRuns },
  );
});

test('the grammar takes time in proportion to the line', () => {
  for (const text of [
    '<'.repeat(8000),
    `FROM:<${'"\\'.repeat(4000)}`,
    `FROM:<a@b>${' A=b'.repeat(2000)}`,
    'a.'.repeat(4000),
  ]) {
    const startMs = performance.now();
    pathAndParameters(text, 'FROM');
    ehloName(text);
    commandLine(Buffer.from(text));
    assert.ok(performance.now() - startMs < 50, text.slice(0, 20));
  }
});

test('a command line is a verb of letters, and what stands behind the first space as it came', () => {
  const pattern = /^([A-Za-z]{1,16})(?: (.*))?$/s;
  fc.assert(
    fc.property(lively, fc.constantFrom('', 'mail', 'MAIL ', 'a'.repeat(17)), (behind, before) => {
      const text = before + behind;
      if (!/^[ -~]*$/.test(text)) return;
      const [whole, verb = '', argument = ''] = pattern.exec(text) ?? [];
      const expected = whole === undefined ? undefined : { verb: verb.toUpperCase(), argument };
      const line = commandLine(Buffer.from(text));
      assert.deepEqual(line, expected && { ...expected, argument: argument.replace(/ +$/, '') });
    }),
    { numRuns },
  );
});
