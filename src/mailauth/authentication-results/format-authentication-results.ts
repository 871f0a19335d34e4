import { fold } from '#mail/header-writer.ts';
import type { Domain } from '#mail/domain.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import { propertiesMax, resultTextBytesMax, resultsMax } from './authentication-result.ts';
import type { AuthenticationProperty, AuthenticationResult } from './authentication-result.ts';

/** RFC 5321 §4.1.2 `Keyword`, with the dots and dashes that names of properties have. */
const keywordPattern = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/;
/** RFC 2045 §5.1 `token`; a `value` is that or a quoted string. */
const tokenPattern = /^[!#$%&'*+.0-9A-Z^_`a-z{|}~-]+$/;

/** What stands in a quoted string as it is. */
const plainPattern = /^[ !#-[\]-~]*$/;

/**
 * Our own Authentication-Results field with its line end (RFC 8601 §2.2, I-48). Whatever a peer wrote stands in it as
 * a token or inside quotes, on one line, printable and bounded (S-05): it can neither end the field nor begin another
 * statement. Throws on a method, result or property name that is no keyword: those are ours.
 */
export function formatAuthenticationResults(
  authservId: Domain,
  results: readonly AuthenticationResult[],
): string {
  const statements = results.length === 0 ? ['none'] : results.slice(0, resultsMax).map(formatResult);
  return `Authentication-Results: ${authservId};\r\n ${statements.map(fold).join(';\r\n ')}\r\n`;
}

function formatResult({ method, result, reason, properties }: AuthenticationResult): string {
  let text = `${keyword(method)}=${keyword(result)}`;
  if (reason !== undefined) text += ` reason=${quoted(reason)}`;
  for (const property of properties.slice(0, propertiesMax)) text += ` ${formatProperty(property)}`;
  return text;
}

function formatProperty({ type, name, value }: AuthenticationProperty): string {
  return `${keyword(type)}.${keyword(name)}=${tokenPattern.test(value) && fits(value) ? value : quoted(value)}`;
}

function keyword(text: string): string {
  if (!keywordPattern.test(text)) throw new Error(`not a keyword: ${JSON.stringify(text)}`);
  return text;
}

function fits(text: string): boolean {
  return text.length <= resultTextBytesMax;
}

/** RFC 5322 §3.2.4; without UTF-8, which only an internationalised message may hold (RFC 8601 §5). */
function quoted(text: string): string {
  if (fits(text) && plainPattern.test(text)) return `"${text}"`;
  const ascii = cleanForeignText(text, resultTextBytesMax).replaceAll(/[^\x20-\x7e]/g, '?');
  return `"${ascii.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
