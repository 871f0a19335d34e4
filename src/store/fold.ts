/**
 * Text as search compares it: compatibility forms made one, case taken away. The way over upper case joins
 * what lower case keeps apart (ß and ss, the two sigmas).
 */
export function fold(text: string): string {
  return text.normalize('NFKC').toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFKC');
}
