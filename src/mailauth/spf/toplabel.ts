/** `toplabel` (RFC 7208 §7.1): letters, digits and inner hyphens, not digits alone. */
export function isToplabel(label: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i.test(label) && /[a-z-]/i.test(label);
}
