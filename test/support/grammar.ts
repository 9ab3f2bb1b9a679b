/** Which texts a grammar of llama.cpp allows, told by a regular expression: rules that lead back to themselves, a few times. */

const TOKENS =
  /(?<text>"(?:\\.|[^"\\])*")|(?<set>\[(?:\\.|[^\]\\])*\])|(?<sign>\{\d+(?:,\d*)?\}|[()|*+?])|(?<rule>[a-z]\w*)|\s+/gsuy;

/** @param deepest rules in rules; what lies deeper is not allowed */
export function allowedBy(grammar: string, deepest = 7): (text: string) => boolean {
  const rules = new Map(
    grammar.split('\n').map((line): [string, string] => {
      const [name = '', body = ''] = line.split(/ ::= (.*)/s);
      return [name, body];
    }),
  );
  const expression = new RegExp(`^${expressionOf('root', rules, deepest)}$`, 'su');
  return (text) => expression.test(text);
}

function expressionOf(rule: string, rules: ReadonlyMap<string, string>, deepest: number): string {
  const body = rules.get(rule);
  if (body === undefined) throw new Error(`The grammar has no rule ${rule}.`);
  if (deepest < 0) return '(?:(?!))';
  let expression = '';
  let read = 0;
  for (const { 0: all, groups = {} } of body.matchAll(TOKENS)) {
    read += all.length;
    if (groups.text !== undefined) expression += `(?:${escaped(decoded(groups.text.slice(1, -1)))})`;
    else if (groups.set !== undefined) expression += setOf(groups.set);
    else if (groups.sign !== undefined) expression += groups.sign === '(' ? '(?:' : groups.sign;
    else if (groups.rule !== undefined) expression += expressionOf(groups.rule, rules, deepest - 1);
  }
  if (read !== body.length) throw new Error(`The rule ${rule} is none: ${body.slice(read, read + 40)}`);
  return `(?:${expression})`;
}

const NAMED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function decoded(text: string): string {
  return text.replace(/\\(?:U([0-9A-F]{8})|x([0-9A-F]{2})|(.))/gs, (_all, long, short, one) =>
    one === undefined ? String.fromCodePoint(Number.parseInt(long ?? short, 16)) : (NAMED[one] ?? one),
  );
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function setOf(set: string): string {
  return set.replace(/\\U([0-9A-F]{8})/g, (_all, code) => `\\u{${code.replace(/^0+(?=.)/, '')}}`);
}
