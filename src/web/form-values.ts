import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';

/** Bytes of a form; the longest real one is a rule of flow control. */
export const formBytesMax = 64 * 1024;
const fieldsMax = 64;

/** What a form was filled in with. */
export class FormValues {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /** Without blanks around it; empty where the form has no such field. */
  text(name: string): string {
    return this.#values.get(name)?.trim() ?? '';
  }

  /** `undefined`: nothing was filled in. */
  given(name: string): string | undefined {
    const text = this.text(name);
    return text === '' ? undefined : text;
  }

  /** A box that was ticked. */
  ticked(name: string): boolean {
    return this.#values.has(name);
  }
}

export const emptyForm = new FormValues(new Map());

/** `cut-off`: the browser went away, or asked in a way that no body can be had of. */
export type FormTrouble = 'wrong-type' | 'too-large' | 'cut-off';

/** Reads a form as browsers send it; nothing beyond the bound is read or kept. */
export async function readForm(request: Request): Promise<Result<FormValues, FormTrouble>> {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') return err('wrong-type');
  if (Number(request.headers.get('content-length') ?? 0) > formBytesMax) return err('too-large');
  const bytes = await readBytes(request);
  if (!bytes.ok) return bytes;
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(new TextDecoder().decode(bytes.value)))
    if (values.size < fieldsMax && !values.has(name)) values.set(name, value);
  return ok(new FormValues(values));
}

async function readBytes(request: Request): Promise<Result<Uint8Array, FormTrouble>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > formBytesMax) return err('too-large');
      chunks.push(chunk);
    }
  } catch {
    // Strangers can bring this about at will: it is no bug of ours, and nothing for the log.
    return err('cut-off');
  }
  return ok(Buffer.concat(chunks));
}
