import { bareReply, type Reply } from './reply.ts';
import type { SmtpOptions } from './smtp-options.ts';

/** RFC 5321 §4.2: our name, and what we speak. */
export function greeting({ role, hostname }: Pick<SmtpOptions, 'role' | 'hostname'>): Reply {
  return bareReply(220, `${hostname} ${role === 'lmtp' ? 'LMTP' : 'ESMTP'} Postern`);
}
