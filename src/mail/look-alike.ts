/** Format characters, joiners, variation selectors, tags: they show nothing. */
const invisible = /[\p{Cf}\p{Mn}\u115f\u1160\u3164\uffa0\u{e0000}-\u{e0fff}]/gu;

/** Characters that pass for an ASCII letter (from the Unicode confusables, UTS 39 §4). */
const confusables: ReadonlyMap<string, string> = new Map(
  (
    [
      ['a', 'аαɑ4@'],
      ['b', 'ьʙвƅ8'],
      ['c', 'сϲᴄ'],
      ['d', 'ԁɗ'],
      ['e', 'еҽєε3'],
      ['f', 'ƒϝꞙ'],
      ['g', 'ɡցƍ'],
      ['h', 'һհн'],
      ['i', 'іιıɩl1|!ӏǀ'],
      ['j', 'јϳյ'],
      ['k', 'кκᴋ'],
      ['m', 'мᴍ'],
      ['n', 'ոпηɴ'],
      ['o', 'оοօσ0ᴏ'],
      ['p', 'рρ'],
      ['q', 'ԛգ'],
      ['r', 'гᴦʀ'],
      ['s', 'ѕꜱ5$'],
      ['t', 'тτᴛ7'],
      ['u', 'υսᴜ'],
      ['v', 'ѵνᴠ'],
      ['w', 'ԝѡωᴡ'],
      ['x', 'хχ×'],
      ['y', 'уүγʏ'],
      ['z', 'ᴢʐ'],
    ] as const
  ).flatMap(([letter, likes]) => Array.from(likes, (like) => [like, letter] as const)),
);

/** Without what shows nothing. */
export function withoutInvisible(text: string): string {
  return text.replace(invisible, '');
}

/** Two texts with one skeleton look alike to a hurried reader: letters of other scripts, digits, `rn` for `m`. */
export function letterSkeleton(text: string): string {
  const plain = withoutInvisible(text.normalize('NFKD')).toLowerCase();
  // Before `l` is read as `i`.
  const letters = Array.from(plain.replaceAll('cl', 'd'), (letter) => confusables.get(letter) ?? letter);
  return letters.join('').replaceAll('rn', 'm').replaceAll('vv', 'w');
}
