import { askableName, nameBytesMax } from '../dns-name.ts';

/**
 * The name that an expanded domain-spec asks for: cut label by label from the left until it fits into a question
 * (RFC 7208 §7.3). Undefined when no question can be made of it (§4.8).
 */
export function targetName(expanded: string): string | undefined {
  const name = expanded.endsWith('.') ? expanded.slice(0, -1) : expanded;
  if (name.length <= nameBytesMax) return askableName(name);
  const dot = name.indexOf('.', name.length - nameBytesMax - 1);
  return dot < 0 ? undefined : askableName(name.slice(dot + 1));
}
