import type { Socket } from 'node:net';

/** The lines of a socket, each at most `bytesMax` long; a longer one ends the reading. */
export async function* socketLines(socket: Socket, bytesMax: number): AsyncIterable<string> {
  let waiting = '';
  for await (const chunk of socket.setEncoding('utf8') as AsyncIterable<string>) {
    waiting += chunk;
    const lines = waiting.split('\n');
    waiting = lines.pop() ?? '';
    yield* lines;
    if (waiting.length > bytesMax) return;
  }
}
