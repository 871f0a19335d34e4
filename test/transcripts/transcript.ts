/** What happens in a transcript, one step per line; `connection` counts from 1. */
export type Step =
  | {
      readonly kind: 'send';
      readonly connection: number;
      readonly text: string;
      /** Not cut: what is tried depends on arriving together. */
      readonly whole: boolean;
      readonly line: number;
    }
  | { readonly kind: 'expect'; readonly connection: number; readonly pattern: string; readonly line: number }
  /** Lines that do not match the next `expect` are passed over. */
  | { readonly kind: 'skip'; readonly connection: number; readonly line: number }
  | { readonly kind: 'tls'; readonly connection: number; readonly line: number }
  /** So much of the server's time passes. */
  | { readonly kind: 'pause'; readonly connection: number; readonly ms: number; readonly line: number }
  /** From here on both sides compress. */
  | { readonly kind: 'compress'; readonly connection: number; readonly line: number }
  | { readonly kind: 'expect-end'; readonly connection: number; readonly line: number }
  | { readonly kind: 'leave'; readonly connection: number; readonly line: number };

export interface Transcript {
  /** The first comment line. */
  readonly title: string;
  /** `setup NAME VALUE` lines. */
  readonly setup: ReadonlyMap<string, string>;
  readonly steps: readonly Step[];
}

const stepLine = /^([CSTZPEX])(\d?)(:|~|=|\.\.\.)(?: (.*))?$/;

/** Reads a transcript file; README.md has the notation. Throws on a line that it cannot read. */
export function parseTranscript(text: string, name: string): Transcript {
  const setup = new Map<string, string>();
  const steps: Step[] = [];
  let title = '';
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1;
    if (raw.startsWith('#')) {
      title ||= raw.slice(1).trim();
    } else if (raw.startsWith('setup ')) {
      const [, key = '', value = ''] = /^setup (\S+) ?(.*)$/.exec(raw) ?? [];
      setup.set(key, value);
    } else if (raw.trim() !== '') {
      const step = parseStep(raw, line);
      if (step === undefined) throw new Error(`${name}:${line}: what is ${JSON.stringify(raw)}?`);
      steps.push(step);
    }
  }
  return { title, setup, steps };
}

function parseStep(raw: string, line: number): Step | undefined {
  const [, who, digit = '', mark, text = ''] = stepLine.exec(raw) ?? [];
  const at = { connection: digit === '' ? 1 : Number(digit), line };
  if (who === 'C' && mark === ':') return { kind: 'send', text: `${text}\\r\\n`, whole: false, ...at };
  if (who === 'C' && (mark === '~' || mark === '='))
    return { kind: 'send', text, whole: mark === '=', ...at };
  if (who === 'S' && mark === ':') return { kind: 'expect', pattern: text, ...at };
  if (who === 'S' && mark === '...') return { kind: 'skip', ...at };
  if (mark !== ':') return undefined;
  if (who === 'T') return { kind: 'tls', ...at };
  if (who === 'Z') return { kind: 'compress', ...at };
  if (who === 'P') return { kind: 'pause', ms: Number(text), ...at };
  if (who === 'E') return { kind: 'expect-end', ...at };
  if (who === 'X') return { kind: 'leave', ...at };
  return undefined;
}
