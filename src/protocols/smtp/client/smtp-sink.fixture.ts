import type { FakeListener } from '#platform/fake-dialer.ts';
import type { Stream } from '#platform/dialer.ts';

/**
 * What a scripted server says to a command: a text (CR LF is added to each line), `drop` to close at once, `hang` to
 * say nothing more, or `undefined` for what a friendly server would say.
 */
export type SinkReply = string | undefined;

export interface SinkScript {
  readonly extensions?: readonly string[];
  /** By verb: CONNECT, EHLO, HELO, STARTTLS, MAIL, RCPT, DATA, FINAL, BDAT, RSET, QUIT. */
  readonly reply?: (verb: string, line: string, connection: number) => SinkReply;
  /** Sent raw behind the reply to this verb, in the same write. */
  readonly inject?: { readonly verb: string; readonly text: string };
  /** Breaks off after so many octets of a body. */
  readonly dropInBodyAfter?: number;
}

export interface Sink {
  readonly listener: FakeListener;
  readonly commands: string[];
  /** Bodies as on the wire: with dots doubled and the final dot, or the chunks of BDAT. */
  readonly bodies: Buffer[];
  connections: number;
}

const friendly: Readonly<Record<string, string>> = {
  CONNECT: '220 sink.test ESMTP',
  HELO: '250 sink.test',
  STARTTLS: '220 go ahead',
  DATA: '354 go on',
  FINAL: '250 2.0.0 taken',
  QUIT: '221 bye',
};

/** A server that does as its script says, over any stream; for tests. */
export function createSink(script: SinkScript = {}): Sink {
  const sink: Sink = {
    commands: [],
    bodies: [],
    connections: 0,
    listener: (stream) => {
      sink.connections += 1;
      void new SinkConnection({ sink, script, stream, number: sink.connections }).run();
    },
  };
  return sink;
}

interface ConnectionParts {
  readonly sink: Sink;
  readonly script: SinkScript;
  readonly stream: Stream;
  readonly number: number;
}

const never = new AbortController().signal;

class SinkConnection {
  readonly #parts: ConnectionParts;
  #buffer: Buffer = Buffer.alloc(0);
  #chunks = Buffer.alloc(0);
  #over = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  async run(): Promise<void> {
    await this.#say('CONNECT', '');
    while (!this.#over) {
      const line = await this.#until('\r\n');
      if (line === undefined) return;
      await this.#command(line.toString('utf8').slice(0, -2));
    }
  }

  async #command(line: string): Promise<void> {
    const verb = (line.split(/[ :]/)[0] ?? '').toUpperCase();
    this.#parts.sink.commands.push(line);
    if (verb === 'BDAT') return this.#bdat(line);
    const said = await this.#say(verb, line);
    if (verb === 'DATA' && said.startsWith('354')) await this.#body();
    if (verb === 'STARTTLS' && said.startsWith('220')) this.#buffer = Buffer.alloc(0);
    if (verb === 'QUIT') this.#parts.stream.close();
  }

  async #body(): Promise<void> {
    const { script, sink, stream } = this.#parts;
    if (script.dropInBodyAfter !== undefined) {
      await this.#atLeast(script.dropInBodyAfter);
      this.#over = true;
      stream.close();
      return;
    }
    const body = await this.#bodyToItsEnd();
    if (body === undefined) return;
    sink.bodies.push(body);
    await this.#say('FINAL', '');
  }

  /** With the line break of the command before it in front, a body of nothing ends like any other. */
  async #bodyToItsEnd(): Promise<Buffer | undefined> {
    this.#buffer = Buffer.concat([Buffer.from('\r\n'), this.#buffer]);
    const body = await this.#until('\r\n.\r\n');
    return body?.subarray(2);
  }

  async #bdat(line: string): Promise<void> {
    const [, count = '0', last] = line.split(' ');
    await this.#atLeast(Number(count));
    this.#chunks = Buffer.concat([this.#chunks, this.#buffer.subarray(0, Number(count))]);
    this.#buffer = this.#buffer.subarray(Number(count));
    if (last === undefined) await this.#say('BDAT', line);
    else {
      this.#parts.sink.bodies.push(this.#chunks);
      this.#chunks = Buffer.alloc(0);
      await this.#say('FINAL', line);
    }
  }

  async #say(verb: string, line: string): Promise<string> {
    const { script, stream, number } = this.#parts;
    const scripted = script.reply?.(verb, line, number);
    const text = scripted ?? this.#friendly(verb);
    if (text === 'hang') {
      this.#over = true;
      return '';
    }
    if (text === 'drop') {
      this.#over = true;
      stream.close();
      return '';
    }
    const injected = script.inject?.verb === verb ? script.inject.text : '';
    await stream.write(Buffer.from(`${text.split('\n').join('\r\n')}\r\n${injected}`), never);
    return text;
  }

  #friendly(verb: string): string {
    if (verb !== 'EHLO') return friendly[verb] ?? '250 2.0.0 ok';
    const lines = ['sink.test', ...(this.#parts.script.extensions ?? [])];
    return lines.map((line, at) => `250${at === lines.length - 1 ? ' ' : '-'}${line}`).join('\n');
  }

  async #until(mark: string): Promise<Buffer | undefined> {
    for (;;) {
      const end = this.#buffer.indexOf(mark);
      if (end >= 0) {
        const taken = this.#buffer.subarray(0, end + mark.length);
        this.#buffer = this.#buffer.subarray(end + mark.length);
        return Buffer.from(taken);
      }
      if (!(await this.#more())) return undefined;
    }
  }

  async #atLeast(count: number): Promise<void> {
    while (this.#buffer.length < count && (await this.#more()));
  }

  async #more(): Promise<boolean> {
    const bytes = await this.#parts.stream.read(never);
    if (!bytes.ok || bytes.value === undefined) return false;
    this.#buffer = Buffer.concat([this.#buffer, bytes.value]);
    return true;
  }
}
