import { parseClientAddress } from '#base/client-address.ts';
import { andThen } from '#base/and-then.ts';
import type { Awaitable } from '#base/result.ts';
import { ehloName, xtext } from '#protocols/smtp/grammar.ts';
import type { ClaimedClient, SmtpConnection } from '../connection.ts';
import { wrong, type Command, type Step } from '../command.ts';
import { greeting } from '../greeting.ts';
import { refusalReply, reply } from '../reply.ts';

/** What a proxy says where it does not know. */
const unknown: readonly string[] = ['[UNAVAILABLE]', '[TEMPUNAVAIL]'];

/**
 * XCLIENT as Postfix has it (XCLIENT_README): a named peer says whom it speaks for. Address, port, HELO name and
 * protocol, never a log-in (S-01): the client is judged as if it had come itself, and the session begins anew.
 */
export const xclient: Command<'fresh' | 'greeted'> = {
  verb: 'XCLIENT',
  states: ['fresh', 'greeted'],
  elsewhere: reply(503, '5.1', 'Finish or RSET the message first'),
  idle: true,
  run: ({ connection, state, argument }) => {
    if (!connection.mayXclient) return wrong(state, reply(500, '5.1', 'This command is not known'));
    const claimed = readClaims(argument);
    if (claimed === undefined)
      return wrong(state, reply(501, '5.4', 'ADDR, PORT, PROTO and HELO belong here, each once'));
    return andThen(connection.become(claimed), (isIn) => (isIn ? begin(connection, claimed) : turnedAway));
  },
};

function begin(connection: SmtpConnection, { client }: ClaimedClient): Awaitable<Step> {
  const refusal = connection.turnedAway;
  if (refusal !== undefined)
    return { state: { kind: 'fresh' }, reply: refusalReply(refusal), ask: { kind: 'close' } };
  if (client === 'unknown') return beginAsUnknown(connection);
  const delayMs = connection.tarpit?.greetingMs(connection.facts.client) ?? 0;
  return andThen(delayMs, (ms) => {
    connection.stranger = ms > 0;
    return { state: { kind: 'fresh' }, reply: greeting(connection.options) };
  });
}

/** Nobody can say whether it is known: it is not made to wait for the greeting, but for its mistakes. */
function beginAsUnknown(connection: SmtpConnection): Step {
  connection.stranger = connection.tarpit !== undefined;
  return { state: { kind: 'fresh' }, reply: greeting(connection.options) };
}

const turnedAway: Step = {
  state: { kind: 'fresh' },
  reply: reply(421, '7.0', 'That client is not accepted for now'),
  ask: { kind: 'close' },
};

/** `undefined`: an attribute that is not offered, that comes twice, or whose value is none. */
function readClaims(argument: string): ClaimedClient | undefined {
  const claims = new Map<string, string | undefined>();
  for (const word of argument.split(' ')) {
    const [name = '', written = ''] = word.split(/=(.*)/s);
    const value = xtext(written);
    const key = name.toUpperCase();
    if (value === undefined || value === '' || claims.has(key) || !attributes.includes(key)) return undefined;
    claims.set(key, unknown.includes(value.toUpperCase()) ? undefined : value);
  }
  const [address, port, proto, helo] = attributes.map((key) => claims.get(key));
  const named = address === undefined ? undefined : parseClientAddress(address.replace(/^IPV6:/i, ''));
  // To be told that it is unknown is not the same as not to be told.
  const client = claims.has('ADDR') && address === undefined ? 'unknown' : named;
  const isWrong =
    (address !== undefined && named === undefined) ||
    (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) ||
    (proto !== undefined && !/^E?SMTP$/i.test(proto)) ||
    (helo !== undefined && !ehloName(helo).ok);
  if (isWrong) return undefined;
  const protocol = proto?.toUpperCase() === 'SMTP' ? ('SMTP' as const) : ('ESMTP' as const);
  return {
    client,
    port: port === undefined ? undefined : Number(port),
    hello: { ...(helo !== undefined && { name: helo }), ...(proto !== undefined && { protocol }) },
  };
}

const attributes: readonly string[] = ['ADDR', 'PORT', 'PROTO', 'HELO'];
