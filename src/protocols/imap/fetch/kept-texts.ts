import type { MailboxView } from '#store/view.ts';
import type { WireWriter } from '../response/output-writer.ts';
import type { FetchedMessage, FetchPart } from './item.ts';
import { latin1Of } from './header-fields.ts';

/** Parts that stand side by side and depend on the message alone become one, whose text the shared view keeps. */
export function withKeptTexts(parts: readonly FetchPart[], view: MailboxView): readonly FetchPart[] {
  const result: FetchPart[] = [];
  let run: FetchPart[] = [];
  const endRun = (): void => {
    if (run.length > 0) result.push(keptPart(run, view));
    run = [];
  };
  for (const part of parts) {
    if (part.keptAs !== undefined) run.push(part);
    else {
      endRun();
      result.push(part);
    }
  }
  endRun();
  return result;
}

function keptPart(parts: readonly FetchPart[], view: MailboxView): FetchPart {
  const shelf = view.textsOf(parts.map((part) => part.keptAs).join(' '));
  return {
    needs: [...new Set(parts.flatMap((part) => part.needs))],
    setsSeen: parts.some((part) => part.setsSeen),
    hasText: (uid) => shelf.has(uid),
    write: (out, message) => {
      const known = shelf.get(message.uid);
      const text = known ?? makeText(parts, message);
      out.text(text);
      if (known === undefined) shelf.put(message.uid, text);
      return undefined;
    },
  };
}

function makeText(parts: readonly FetchPart[], message: FetchedMessage): string {
  const made = new TextWriter();
  for (const [n, part] of parts.entries()) {
    if (n > 0) made.text(' ');
    if (part.write(made, message) !== undefined) throw new Error(`${part.keptAs} was not written at once`);
  }
  return made.wire;
}

class TextWriter implements WireWriter {
  wire = '';

  text(wire: string): void {
    this.wire += wire;
  }

  bytes(bytes: Uint8Array): void {
    this.wire += latin1Of(bytes);
  }
}
