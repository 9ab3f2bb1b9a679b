/** A regular expression as a grammar of the text between the quotes of a JSON string. Pure. */

import { type Characters, classes, except, grammarOfCharacters, NEWLINES, range } from './characters';
import { LIMITS, refused } from './fields';
import { CHARACTER } from './text';

/** @throws RequestError for what no grammar says: looking around, references, anchors in the middle. */
export function patternGrammar(pattern: string, path: string): string {
  const source = [...pattern];
  let at = 0;
  let repeats = 0;

  const fail = (what: string) =>
    refused(
      path,
      `has "pattern" ${JSON.stringify(pattern.slice(0, 80))}, and no text can be held to ${what} here`,
    );
  const peek = (text: string) => source.slice(at, at + text.length).join('') === text;
  const take = (text: string) => {
    const is = peek(text);
    if (is) at += text.length;
    return is;
  };
  const next = (): string => {
    const character = source[at];
    if (character === undefined) throw fail('an unfinished expression');
    at += 1;
    return character;
  };

  /** A text matches where it has the pattern anywhere, but for anchors. */
  function whole(): string {
    const ways: string[] = [];
    do {
      const before = take('^') ? '' : `${CHARACTER}*`;
      const body = sequence();
      const after = take('$') ? '' : `${CHARACTER}*`;
      ways.push([before, body, after].filter((part) => part !== '').join(' ') || '""');
    } while (take('|'));
    if (at < source.length) throw fail(`${JSON.stringify(source[at])} there`);
    return ways.map((way) => `(${way})`).join(' | ');
  }

  function alternatives(): string {
    const ways = [sequence() || '""'];
    while (take('|')) ways.push(sequence() || '""');
    return `(${ways.join(' | ')})`;
  }

  function sequence(): string {
    const items: string[] = [];
    while (at < source.length && !peek('|') && !peek(')') && !peek('$')) items.push(repeated(atom()));
    return items.join(' ');
  }

  function repeated(item: string): string {
    const times = quantifier();
    // Lazy or not, the texts are the same.
    if (times !== '') take('?');
    return item + times;
  }

  function quantifier(): string {
    for (const sign of ['*', '+', '?']) if (take(sign)) return sign;
    const braces = /^\{(\d{1,5})(,?)(\d{0,5})\}/.exec(source.slice(at, at + 16).join(''));
    if (braces === null) return '';
    const [text, least = '', comma, most = ''] = braces;
    repeats += Math.max(Number(least), Number(most));
    if (repeats > LIMITS.repeat) throw fail(`more than ${LIMITS.repeat} repeats`);
    if (most !== '' && Number(most) < Number(least)) throw fail(text);
    at += text.length;
    return comma === '' ? `{${least}}` : `{${least},${most}}`;
  }

  function atom(): string {
    if (take('(')) {
      if (take('?') && !take(':')) throw fail('what looks around');
      const inner = alternatives();
      if (!take(')')) throw fail('an open bracket');
      return inner;
    }
    const character = next();
    if (character === '[') return oneOf(bracketed());
    if (character === '.') return oneOf(except(NEWLINES));
    if (character === '\\') return oneOf(escaped());
    if ('^*+?{}'.includes(character)) throw fail(`${character} there`);
    return oneOf(range(character, character));
  }

  function oneOf(characters: Characters): string {
    const grammar = grammarOfCharacters(characters);
    if (grammar === '') throw fail('such a character');
    return `(${grammar})`;
  }

  /** Behind `[`. */
  function bracketed(): Characters {
    const isNegated = take('^');
    const found: Characters[number][] = [];
    while (!take(']')) {
      const one = member();
      const [low] = one;
      const isRange = peek('-') && source[at + 1] !== ']' && low !== undefined && isOne(one);
      if (!isRange) {
        found.push(...one);
        continue;
      }
      take('-');
      const other = member();
      const [high] = other;
      if (high === undefined || !isOne(other) || high[1] < low[0]) throw fail('such a range');
      found.push([low[0], high[1]]);
    }
    return isNegated ? except(found) : found;
  }

  function member(): Characters {
    const character = next();
    return character === '\\' ? escaped() : range(character, character);
  }

  /** Behind `\`. */
  function escaped(): Characters {
    const character = next();
    const known = classes.get(character);
    if (known !== undefined) return known;
    if (character === 'x' || character === 'u') {
      const digits = source.slice(at, at + (character === 'x' ? 2 : 4)).join('');
      if (!/^([0-9a-f]{2}|[0-9a-f]{4})$/i.test(digits)) throw fail(`\\${character}`);
      at += digits.length;
      const code = Number.parseInt(digits, 16);
      return [[code, code]];
    }
    if (/[a-z0-9]/i.test(character)) throw fail(`\\${character}`);
    return range(character, character);
  }

  return whole();
}

function isOne(characters: Characters): boolean {
  const [first, ...others] = characters;
  return others.length === 0 && first !== undefined && first[0] === first[1];
}
