import { parseArgs } from 'node:util';
import { checksWords } from './check-servers.ts';
import { checkScenarios, measureCheckLayers, measureChecks } from './checks.ts';
import { geometricMean, printFigure, ratio, remember, type Figure } from './figures.ts';
import { measureIdle, printIdle } from './idle.ts';
import { measureImap } from './imap.ts';
import { inboundPlaces, inboundScenarios, measureInbound, measureInboundLayers } from './inbound.ts';
import { printLayers } from './layers.ts';
import { measureOutbound } from './outbound.ts';

/**
 * `npm run bench -- [inbound] [checks] [outbound] [imap] [--rounds 5] [--messages 5000] [--recipients 1] [--no-history]`:
 * this server and its peers on this machine, in turn, several times; medians and ratios. With fewer than 1,000 messages
 * neither gets warm.
 * `checks` has strangers and every check on both sides. For `inbound` and `checks` it is told where our time goes
 * (`--no-layers`: it is not; `--functions`: by function too); with `--rounds 0` that alone.
 * `npm run bench -- idle [--connections 10000] [--compressed]`: the memory that idling clients take.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    messages: { type: 'string', default: '5000' },
    recipients: { type: 'string' },
    size: { type: 'string', default: '10000' },
    connections: { type: 'string', default: '10000' },
    compressed: { type: 'boolean', default: false },
    layers: { type: 'boolean', default: true },
    functions: { type: 'boolean', default: false },
    history: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

const wanted = positionals.length === 0 ? ['inbound', 'checks', 'outbound', 'imap'] : positionals;
const [rounds, messages] = [Number(values.rounds), Number(values.messages)];
const figures: Figure[] = [];

if (wanted.includes('inbound')) {
  const places = inboundPlaces.filter(
    (row) => values.recipients === undefined || row.recipients === Number(values.recipients),
  );
  for (const place of places) {
    if (rounds > 0) for (const figure of await measureInbound(place, { rounds, messages })) tell(figure);
    if (values.layers)
      for (const scenario of inboundScenarios(place))
        printLayers(await measureInboundLayers(scenario, { messages }), values);
  }
}

if (wanted.includes('checks')) {
  console.log(checksWords);
  for (const scenario of checkScenarios) {
    const options = { rounds, messages, domainsEach: 5 };
    if (rounds > 0) tell(await measureChecks(scenario, options));
    if (values.layers) printLayers(await measureCheckLayers(scenario, options), values);
  }
}

if (wanted.includes('outbound')) tell(await measureOutbound({ rounds, messages }));

if (wanted.includes('imap')) {
  for (const figure of await measureImap({ rounds, size: Number(values.size) })) tell(figure);
}

if (wanted.includes('idle')) {
  const { connections, compressed } = values;
  printIdle(await measureIdle({ connections: Number(connections), compressed }));
}

if (figures.length > 0)
  console.log(`geometric mean of the ratios: ${geometricMean(figures.map(ratio)).toFixed(2)}`);

function tell(figure: Figure): void {
  figures.push(figure);
  printFigure(figure);
  if (values.history) remember(figure);
}
