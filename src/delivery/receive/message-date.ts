/** A `date-time` of RFC 5322 §3.3, always UTC: `Sat, 21 Nov 2026 18:23:39 +0000`. */
export function formatMessageDate(nowMs: number): string {
  return new Date(nowMs).toUTCString().replace('GMT', '+0000');
}
