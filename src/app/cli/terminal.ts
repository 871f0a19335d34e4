import type { AdminError } from '#admin/errors.ts';

/** Where a command writes; standard output carries results only, standard error the rest. */
export interface Terminal {
  readonly json: boolean;
  readonly interactive: boolean;
  /** @param paint colours a line that is safe already; only where somebody sees it who wants colours */
  lines(lines: readonly string[], paint?: (line: string) => string): void;
  object(value: unknown): void;
  note(line: string): void;
  error(error: AdminError): void;
}

export function makeTerminal(json: boolean): Terminal {
  const { stdin, stdout, stderr } = process;
  return {
    json,
    interactive: stdin.isTTY && stderr.isTTY,
    lines(lines, paint) {
      const painted = paint !== undefined && stdout.isTTY && wantsColours(process.env) ? paint : asItIs;
      stdout.write(lines.map((line) => `${painted(printable(line))}\n`).join(''));
    },
    object: (value) => void stdout.write(`${printableJson(value)}\n`),
    note: (line) => void stderr.write(`${printable(line)}\n`),
    error: (error) =>
      void stderr.write(json ? `${printableJson({ error: errorObject(error) })}\n` : errorText(error)),
  };
}

/** https://no-color.org, and terminals that know none. */
export function wantsColours({ NO_COLOR, TERM }: Readonly<Record<string, string | undefined>>): boolean {
  return (NO_COLOR ?? '') === '' && TERM !== 'dumb';
}

function asItIs(line: string): string {
  return line;
}

function errorObject(error: AdminError): unknown {
  return { code: error.code, message: error.message, where: error.where ?? null, fix: error.fix };
}

function errorText(error: AdminError): string {
  const lines = [`postern: ${error.message}`, ...error.fix.split('\n').map((line) => `  ${line}`)];
  return lines
    .flatMap((line) => line.split('\n'))
    .map((line) => `${printable(line)}\n`)
    .join('');
}

/** C0 and C1 controls, and marks that turn the reading direction: foreign text must not steer a terminal (S-05). */
const unprintable = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu;

export function printable(line: string): string {
  return line.replaceAll(unprintable, '');
}

/** The same characters, escaped: JSON must come out whole. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
