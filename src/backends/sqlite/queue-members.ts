/*
 * Which recipients of an entry a queue row is about: ascending numbers, written as ranges (`0-998,1000`), so that a
 * message to a thousand of one domain is one row until they part.
 */

export function writeMembers(members: readonly number[]): string {
  const ranges: string[] = [];
  for (let at = 0; at < members.length;) {
    let end = at;
    while (members[end + 1] === (members[end] ?? 0) + 1) end += 1;
    ranges.push(end === at ? `${members[at]}` : `${members[at]}-${members[end]}`);
    at = end + 1;
  }
  return ranges.join(',');
}

export function readMembers(text: string): readonly number[] {
  const members: number[] = [];
  for (const range of text === '' ? [] : text.split(',')) {
    const [first = 0, last = first] = range.split('-').map(Number);
    for (let n = first; n <= last; n += 1) members.push(n);
  }
  return members;
}
