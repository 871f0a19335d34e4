import { parseArgs } from 'node:util';
import { geometricMean, printFigure, ratio, remember, type Figure } from './figures.ts';
import { measureIdle, printIdle } from './idle.ts';
import { measureImap } from './imap.ts';
import { inboundScenarios, measureInbound } from './inbound.ts';
import { measureOutbound } from './outbound.ts';

/**
 * `npm run bench -- [inbound] [outbound] [imap] [--rounds 5] [--messages 5000] [--recipients 1] [--no-history]`:
 * this server and its peers on this machine, in turn, several times; medians and ratios.
 * `npm run bench -- idle [--connections 10000]`: the memory that idling clients take.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    messages: { type: 'string', default: '5000' },
    recipients: { type: 'string' },
    size: { type: 'string', default: '10000' },
    connections: { type: 'string', default: '10000' },
    history: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

const wanted = positionals.length === 0 ? ['inbound', 'outbound', 'imap'] : positionals;
const figures: Figure[] = [];

if (wanted.includes('inbound')) {
  const scenarios = inboundScenarios.filter(
    (row) => values.recipients === undefined || row.recipients === Number(values.recipients),
  );
  for (const scenario of scenarios) {
    tell(
      await measureInbound(scenario, { rounds: Number(values.rounds), messages: Number(values.messages) }),
    );
  }
}

if (wanted.includes('outbound'))
  tell(await measureOutbound({ rounds: Number(values.rounds), messages: Number(values.messages) }));

if (wanted.includes('imap')) {
  for (const figure of await measureImap({ rounds: Number(values.rounds), size: Number(values.size) }))
    tell(figure);
}

if (wanted.includes('idle')) printIdle(await measureIdle({ connections: Number(values.connections) }));

if (figures.length > 0)
  console.log(`geometric mean of the ratios: ${geometricMean(figures.map(ratio)).toFixed(2)}`);

function tell(figure: Figure): void {
  figures.push(figure);
  printFigure(figure);
  if (values.history) remember(figure);
}
