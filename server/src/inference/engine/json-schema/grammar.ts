/** What a text is held to, in the words of llama.cpp's grammars. */
import { literal } from './characters';
import type { Held, HeldSchema, Property } from './held';
import { rangeGrammar } from './range';
import { ANY_RULES, CHARACTER, GAP } from './text';

const COMMA = `"," ${GAP}`;

export function grammarOf({ root, rules }: HeldSchema): string {
  const lines: string[] = [];
  /** Alike parts have one rule. */
  const known = new Map<string, string>();
  const rule = (grammar: string): string => {
    const name = known.get(grammar) ?? `part${known.size}`;
    if (!known.has(grammar)) lines.push(`${name} ::= ${grammar}`);
    known.set(grammar, name);
    return name;
  };
  const write = (held: Held): string => grammarFor(held, (inner) => rule(write(inner)), rule);
  lines.unshift(`root ::= ${write(root)}`);
  for (const [name, held] of rules) lines.push(`${name} ::= ${write(held)}`);
  return [...lines, ...ANY_RULES].join('\n');
}

type Rule = (grammar: string) => string;

/** @param inner the rule of a part. @param rule that of a grammar. */
function grammarFor(held: Held, inner: (held: Held) => string, rule: Rule): string {
  switch (held.kind) {
    case 'any':
      return 'any';
    case 'boolean':
      return '"true" | "false"';
    case 'null':
      return '"null"';
    case 'literal':
      return literal(held.text);
    case 'ref':
      return held.rule;
    case 'choice':
      return held.of.map(inner).join(' | ');
    case 'number':
      return rangeGrammar(held.whole, held.range);
    case 'text':
      return quoted(`${CHARACTER}${times(held.least, held.most)}`);
    case 'shaped text':
      return quoted(held.grammar);
    case 'map': {
      const entry = rule(`text ":" ${GAP} ${inner(held.values)}`);
      return bracketed('{', `(${entry} (${COMMA} ${entry})*)?`, '}');
    }
    case 'list':
      return bracketed('[', listGrammar(held, inner), ']');
    case 'object':
      return bracketed('{', objectGrammar(held.properties, inner, rule), '}');
  }
}

function quoted(grammar: string): string {
  return `${literal('"')} (${grammar}) ${literal('"')}`;
}

function bracketed(open: string, grammar: string, close: string): string {
  return `${literal(open)} ${GAP} ${grammar} ${GAP} ${literal(close)}`;
}

function listGrammar(
  { first, items, least, most }: Extract<Held, { kind: 'list' }>,
  inner: (held: Held) => string,
): string {
  const begin = first.map(inner).join(` ${COMMA} `);
  const [fewest, others] = [Math.max(0, least - first.length), most === null ? null : most - first.length];
  if (others === 0) return begin;
  const item = inner(items);
  if (begin !== '') return `${begin} (${COMMA} ${item})${times(fewest, others)}`;
  const rest = `${item} (${COMMA} ${item})${times(Math.max(0, fewest - 1), others === null ? null : others - 1)}`;
  return fewest === 0 ? `(${rest})?` : rest;
}

/** In the order of the schema; those that are not required may be left out. */
function objectGrammar(properties: readonly Property[], inner: (held: Held) => string, rule: Rule): string {
  const entries = properties.map(({ name, held, required }) => ({
    grammar: `${literal(JSON.stringify(name))} ":" ${GAP} ${inner(held)}`,
    required,
  }));
  /** What follows on a property, and what may be written as long as none was. */
  let after = '';
  let begin = '';
  for (const { grammar, required } of entries.toReversed()) {
    const here = `${grammar} ${after}`;
    begin = required ? here : begin === '' ? `(${here})?` : `(${here} | ${rule(begin)})`;
    after = rule(required ? `${COMMA} ${grammar} ${after}` : `(${COMMA} ${grammar})? ${after}`);
  }
  return begin;
}

function times(least: number, most: number | null): string {
  if (most === null) return least === 0 ? '*' : `{${least},}`;
  return least === most ? `{${least}}` : `{${least},${most}}`;
}
