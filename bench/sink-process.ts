import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

const [port = '0', cert = '', key = ''] = process.argv.slice(2);
const secureContext = createSecureContext({ cert: readFileSync(cert), key: readFileSync(key) });
let received = 0;

createServer((socket) => {
  socket.on('error', () => undefined);
  socket.write('220 sink.test ESMTP\r\n');
  converse(socket, false);
}).listen(Number(port), '127.0.0.1');

setInterval(() => process.send?.(received), 5);

/** Reads commands and bodies in whatever pieces they come; answers each command as it is read. */
function converse(socket: Socket | TLSSocket, secured: boolean): void {
  let pending = '';
  let inBody = false;
  const take = (chunk: Buffer): void => {
    pending += chunk.toString('latin1');
    for (;;) {
      const mark = inBody ? '\r\n.\r\n' : '\r\n';
      const end = pending.indexOf(mark);
      if (end < 0) {
        if (inBody && pending.length > 4) pending = pending.slice(-4);
        return;
      }
      const line = pending.slice(0, end);
      pending = pending.slice(end + mark.length);
      if (inBody) {
        inBody = false;
        received += 1;
        socket.write('250 2.0.0 taken\r\n');
        continue;
      }
      if (/^STARTTLS/i.test(line)) {
        socket.removeListener('data', take);
        socket.write('220 2.0.0 go\r\n');
        const secure = new TLSSocket(socket, { isServer: true, secureContext });
        secure.on('error', () => undefined);
        converse(secure, true);
        return;
      }
      inBody = /^DATA/i.test(line);
      if (inBody) pending = `\r\n${pending}`;
      socket.write(answer(line, secured));
    }
  };
  socket.on('data', take);
}

function answer(line: string, secured: boolean): string {
  const verb = line.slice(0, 4).toUpperCase();
  if (verb === 'EHLO')
    return `250-sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n${secured ? '' : '250-STARTTLS\r\n'}250 SIZE 100000000\r\n`;
  if (verb === 'DATA') return '354 go on\r\n';
  if (verb === 'QUIT') return '221 2.0.0 bye\r\n';
  return '250 2.0.0 ok\r\n';
}
