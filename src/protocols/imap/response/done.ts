/** How a command ends: the condition and text of its tagged reply (RFC 9051 §7.1). */
export interface Done {
  readonly status: 'OK' | 'NO' | 'BAD';
  /** `resp-text-code` without its brackets. */
  readonly code?: string | undefined;
  /** One line of printable ASCII. */
  readonly text: string;
}

export function okay(text: string, code?: string): Done {
  return { status: 'OK', code, text };
}

export function refused(text: string, code?: string): Done {
  return { status: 'NO', code, text };
}

export function bad(text: string, code?: string): Done {
  return { status: 'BAD', code, text };
}

/** The reply under a tag, or untagged with `*`. */
export function formatDone(tag: string, done: Done): string {
  const code = done.code === undefined ? '' : `[${done.code}] `;
  return `${tag} ${done.status} ${code}${done.text}\r\n`;
}

export function formatBye(text: string, code?: string): string {
  return `* BYE ${code === undefined ? '' : `[${code}] `}${text}\r\n`;
}
