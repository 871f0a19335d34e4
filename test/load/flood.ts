import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

/**
 * The attackers, in a process of their own: `node flood.ts MX_PORT TLS_PORT`. Says `ready` when all of it is under way.
 * From one address as fast as it is let, from many as many as are let, slow senders, half-open TLS.
 */
const [mxPort = 0, tlsPort = 0] = process.argv.slice(2).map(Number);

const fromOne = 2_000;
const fromMany = 6_000;
const slow = 1_000;
const halfOpen = 1_000;

function address(index: number): string {
  return `127.${1 + (index >> 14)}.${(index >> 6) & 255}.${1 + (index & 63)}`;
}

function open(
  port: number,
  localAddress: string,
  talk: (say: (text: string) => void) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    socket.on('error', () => resolve());
    socket.on('data', () => undefined);
    socket.on('connect', () => {
      talk((text) => socket.writable && socket.write(text));
      resolve();
    });
  });
}

/** Fifty at a time. */
async function all(count: number, one: (index: number) => Promise<void>): Promise<void> {
  let index = 0;
  const lane = async (): Promise<void> => {
    while (index < count) await one((index += 1));
  };
  await Promise.all(Array.from({ length: 50 }, lane));
}

await all(fromMany, (index) => open(mxPort, address(index), () => undefined));
await all(slow, (index) =>
  open(mxPort, address(20_000 + index), (say) => {
    say('EHLO slow.example\r\n');
    setInterval(() => say('N'), 2000);
  }),
);
await all(halfOpen, (index) => open(tlsPort, address(30_000 + index), (say) => say('\u0016\u0003\u0001')));
await all(fromOne, () => open(mxPort, '127.250.0.1', () => undefined));
console.log('ready');
// And it goes on: handshakes that end at once, connections that are refused.
setInterval(() => {
  void open(mxPort, '127.250.0.1', () => undefined);
  connectTls({
    socket: connect({ port: tlsPort, host: '127.0.0.1', localAddress: '127.251.0.1' }),
    rejectUnauthorized: false,
  })
    .on('error', () => undefined)
    .destroy();
}, 20);
