import { askableName, nameBytesMax } from '../dns-name.ts';
import { isToplabel } from './toplabel.ts';

/**
 * The name that an expanded domain-spec asks for: cut label by label from the left until it fits into a question
 * (RFC 7208 §7.3). Undefined when it is no name of several labels that could exist (§4.3, §4.8, decision SPF-3).
 */
export function targetName(expanded: string): string | undefined {
  const name = expanded.endsWith('.') ? expanded.slice(0, -1) : expanded;
  if (name.length <= nameBytesMax) return severalLabels(name);
  const dot = name.indexOf('.', name.length - nameBytesMax - 1);
  return dot < 0 ? undefined : severalLabels(name.slice(dot + 1));
}

function severalLabels(text: string): string | undefined {
  const name = askableName(text);
  const dot = name?.lastIndexOf('.') ?? -1;
  return dot > 0 && isToplabel(name?.slice(dot + 1) ?? '') ? name : undefined;
}
