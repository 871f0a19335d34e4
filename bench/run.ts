import { parseArgs } from 'node:util';
import { geometricMean, printFigure, ratio, remember, type Figure } from './figures.ts';
import { inboundScenarios, measureInbound } from './inbound.ts';

/**
 * `npm run bench -- [inbound] [--rounds 5] [--messages 5000] [--recipients 1] [--no-history]`:
 * this server and its peers on this machine, in turn, several times; medians and ratios.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    messages: { type: 'string', default: '5000' },
    recipients: { type: 'string' },
    history: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

const wanted = positionals.length === 0 ? ['inbound'] : positionals;
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

if (figures.length > 0)
  console.log(`geometric mean of the ratios: ${geometricMean(figures.map(ratio)).toFixed(2)}`);

function tell(figure: Figure): void {
  figures.push(figure);
  printFigure(figure);
  if (values.history) remember(figure);
}
