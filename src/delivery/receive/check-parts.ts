import type { Part } from '#mail/summary.ts';
import type { Finding } from './finding.ts';
import { refuse } from './refusal.ts';

/** I-62: no single part, as encoded, may be larger. The refusal names the part. */
export function checkParts(structure: Part, partBytesMax: number | undefined): Finding | undefined {
  if (partBytesMax === undefined) return undefined;
  const found = largePart(structure, { path: '', partBytesMax });
  if (found === undefined) return undefined;
  const text = `part ${found.path} of the message is larger than the ${partBytesMax} bytes a part may have`;
  return {
    check: 'parts',
    refusal: refuse({ code: 552, detail: '3.4', text }),
    evidence: {
      part: found.path,
      type: `${found.part.type}/${found.part.subtype}`,
      sizeBytes: sizeOf(found.part),
    },
  };
}

interface Search {
  /** Section numbers as in IMAP, empty for the message itself. */
  readonly path: string;
  readonly partBytesMax: number;
}

function largePart(part: Part, search: Search): { readonly part: Part; readonly path: string } | undefined {
  if (part.parts.length === 0) {
    return sizeOf(part) > search.partBytesMax ? { part, path: partName(part, search.path) } : undefined;
  }
  for (const [index, child] of part.parts.entries()) {
    const path = search.path === '' ? String(index + 1) : `${search.path}.${index + 1}`;
    const found = largePart(child, { ...search, path });
    if (found !== undefined) return found;
  }
  return undefined;
}

function partName(part: Part, path: string): string {
  const named = part.disposition?.parameters.find(([name]) => name === 'filename');
  const section = path === '' ? '1' : path;
  return named === undefined ? section : `${section} (${named[1]})`;
}

function sizeOf(part: Part): number {
  return part.body.end - part.body.start;
}
