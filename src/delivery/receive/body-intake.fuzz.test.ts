import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { intakeWorld, context, mailFrom, queuedText, send } from './intake.fixture.ts';

const numRuns = Math.ceil(Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000) / 5);
const unit = fc.constantFrom(
  '\r',
  '\n',
  '\r\n',
  '.',
  '\0',
  'a',
  ' ',
  ':',
  'From: user@example.test\r\n',
  '\r\n\r\n',
);

test('mended text holds no bare CR, bare LF or NUL, and nothing else is changed, whatever the pieces', async () => {
  const world = await intakeWorld({ settings: { mendsLineEnds: () => true } });
  await fc.assert(
    fc.asyncProperty(
      fc.array(unit, { maxLength: 20 }),
      fc.integer({ min: 1, max: 9 }),
      async (units, pieceBytes) => {
        const message = units.join('');
        const [answer] = await send(world, { message, pieceBytes, anomalies: { bareLf: true } });
        assert.ok(answer?.ok);
        const text = queuedText(world);
        const kept = text.slice(text.indexOf('+0000\r\n') + 7);
        assert.equal(kept, message.replaceAll('\0', '').replaceAll(/\r\n|\r|\n/g, '\r\n'));
        assert.doesNotMatch(text, /\r(?!\n)|(?<!\r)\n|\0/);
      },
    ),
    { numRuns },
  );
});

test('without mending a message is kept byte for byte behind our field, whatever the pieces', async () => {
  const world = await intakeWorld();
  const mail = mailFrom('', { bodyType: '8bit' });
  await fc.assert(
    fc.asyncProperty(
      fc.array(unit, { maxLength: 20 }),
      fc.integer({ min: 1, max: 9 }),
      async (units, pieceBytes) => {
        const message = units.join('');
        const [answer] = await send(world, { message, pieceBytes, mail });
        assert.ok(answer?.ok);
        const text = queuedText(world);
        assert.equal(text.slice(text.indexOf('+0000\r\n') + 7), message);
      },
    ),
    { numRuns },
  );
});

test('a submission never throws and never keeps a Bcc or a From that is not its own', async () => {
  const world = await intakeWorld();
  const who = context('submission', world.user);
  const mail = mailFrom('user@example.test');
  const field = fc.constantFrom(
    'From: user@example.test\r\n',
    'From: evil@elsewhere.example\r\n',
    'from :evil@elsewhere.example\r\n',
    'Bcc: hidden@elsewhere.example\r\n',
    'BCC : hidden@elsewhere.example,\r\n\thidden@elsewhere.example\r\n',
    'no field at all\r\n',
    ' continued\r\n',
    'Subject: x\r\n',
    ':\r\n',
    '\r\n',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(field, { maxLength: 8 }), async (fields) => {
      const [answer] = await send(world, { who, mail, message: fields.join('') });
      if (answer?.ok !== true) return;
      const text = queuedText(world);
      const header = text.slice(0, text.indexOf('\r\n\r\n'));
      assert.doesNotMatch(header, /hidden@|evil@/);
    }),
    { numRuns },
  );
});
